import { describe, expect, it } from 'vitest';
import { sampleNotices, takeRounds } from './rounds.ts';
import type { Rounds } from './rounds.ts';

const clean = new Map([['', { foreign_cores: 0 }]]);
const contended = new Map([['', { foreign_cores: 1 }]]);
const run = (part: Partial<Rounds<string>> & Pick<Rounds<string>, 'take'>): Rounds<string> => ({
  ...{ rounds: 2, quick: false, nameOf: (bench: string) => bench },
  ...part,
});

describe('takeRounds', () => {
  it('interleaves the cases', async () => {
    const order: string[] = [];
    await takeRounds(
      ['a', 'b'],
      run({
        async take(bench) {
          order.push(bench);
          return clean;
        },
      }),
    );
    expect(order).toEqual(['a', 'b', 'a', 'b']);
  });

  it('takes a contended sample again, at most as often as there are rounds', async () => {
    const [entry] = await takeRounds(['a'], run({ take: async () => contended }));
    expect(entry?.taken).toHaveLength(4);
    expect(sampleNotices([entry ?? never()], String)).toEqual([
      '1 results have contended samples only: distrust them',
    ]);
  });

  it('takes a case that is wanted once only once when it is clean', async () => {
    const [entry] = await takeRounds(['a'], run({ atMost: () => 1, take: async () => clean }));
    expect(entry?.taken).toHaveLength(1);
  });

  it('tells how many samples were discarded', async () => {
    const samples = [contended, clean, clean];
    const entries = await takeRounds(['a'], run({ take: async () => samples.shift() }));
    expect(sampleNotices(entries, String)).toEqual([
      '1 samples were discarded: other processes used the machine',
    ]);
  });

  it('does not try again what cannot be measured', async () => {
    let asked = 0;
    const entries = await takeRounds(
      ['a'],
      run({
        async take() {
          asked += 1;
          return undefined;
        },
      }),
    );
    expect(asked).toBe(1);
    expect(sampleNotices(entries, String)).toEqual(['not measured, or not as often: a']);
  });

  it('stops at once when it is over, and keeps what was taken', async () => {
    let isOver = false;
    const take = async (bench: string): Promise<typeof clean> => {
      if (bench === 'a') return clean;
      isOver = true;
      throw new Error('ended');
    };
    const entries = await takeRounds(['a', 'b', 'c'], run({ take, isOver: () => isOver }));
    expect(entries.map(({ taken }) => taken.length)).toEqual([1, 0, 0]);
  });
});

function never(): never {
  throw new Error('there is an entry');
}
