import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { zoneId } from '@tksm/abstractions';
import type { EventSource, Logger, Projection, RecordedEvent } from '@tksm/abstractions';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BookmarkFolder } from './bookmark-folder.ts';
import { MAX_BOOKMARK_BYTES } from './bookmark.ts';
import { ProjectionRunner } from './projection-runner.ts';

const ZONE = zoneId('0'.repeat(32));

/** A history of so many events, all alike but for their time. */
function history(length: number, offset = 0): RecordedEvent[] {
  return Array.from({ length }, (_, position) => ({
    position,
    time: 1_000 + offset + position,
    event: { type: 'zone.created', v: 1, zone: ZONE },
  }));
}

/** Counts its reads, and may be given more events. */
class Source implements EventSource {
  events_: RecordedEvent[];
  reads = 0;

  constructor(events: RecordedEvent[]) {
    this.events_ = events;
  }

  async *events({ from = 0 } = {}): AsyncGenerator<RecordedEvent> {
    for (const event of this.events_.slice(from)) {
      this.reads += 1;
      yield await Promise.resolve(event);
    }
  }

  head(): Promise<number> {
    return Promise.resolve(this.events_.length);
  }
}

/** The times of all events. */
const times: Projection<number[]> = {
  name: 'times',
  version: 1,
  initial: () => [],
  apply: (state, { time }) => {
    state.push(time);
    return state;
  },
};

const timesOf = (events: readonly RecordedEvent[]): number[] => events.map(({ time }) => time);

function place(): { dir: string; file: string; said: string[]; logger: Logger } {
  const dir = mkdtempSync(path.join(tmpdir(), 'tksm-projections-'));
  onTestFinished(() => {
    rmSync(dir, { recursive: true });
  });
  const said: string[] = [];
  const logger: Logger = {
    log: (_level, message, fields) => said.push(`${message}: ${String(fields?.['why'])}`),
    child: () => logger,
  };
  return { dir, file: path.join(dir, 'times'), said, logger };
}

describe('a projection', () => {
  it('goes on from its bookmark, and reads only what came since', async () => {
    const { dir, said, logger } = place();
    const options = { source: new Source(history(100)), bookmarks: new BookmarkFolder(dir), logger };
    await (await ProjectionRunner.open(times, options)).catchUp();
    options.source.events_ = history(103);
    options.source.reads = 0;
    const runner = await ProjectionRunner.open(times, options);
    expect(await runner.progress()).toEqual({ from: 0, position: 100, head: 103, lag: 3 });
    await runner.catchUp();
    expect(runner.state).toEqual(timesOf(history(103)));
    // The last event before the bookmark tells that the history is the same.
    expect(options.source.reads).toBe(4);
    expect(said).toEqual([]);
  });

  it('is rebuilt when its version changed', async () => {
    const { dir, said, logger } = place();
    const options = { source: new Source(history(10)), bookmarks: new BookmarkFolder(dir), logger };
    await (await ProjectionRunner.open(times, options)).catchUp();
    const runner = await ProjectionRunner.open({ ...times, version: 2 }, options);
    expect(runner.position).toBe(0);
    await runner.catchUp();
    expect(runner.state).toHaveLength(10);
    expect(said[0]).toContain('it has version 1, and 2 is wanted');
  });

  it('is rebuilt, and says so, whatever byte of its bookmark is flipped or cut off', async () => {
    const { dir, file, said, logger } = place();
    const options = { source: new Source(history(5)), bookmarks: new BookmarkFolder(dir), logger };
    await (await ProjectionRunner.open(times, options)).catchUp();
    const whole = readFileSync(file);
    const damage = fc.record({ at: fc.nat(whole.length - 1), bit: fc.nat(7), cut: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(damage, async ({ at, bit, cut }) => {
        const bytes = Buffer.from(whole);
        bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
        writeFileSync(file, cut ? whole.subarray(0, at) : bytes);
        said.length = 0;
        const runner = await ProjectionRunner.open(times, options);
        expect(said).toHaveLength(1);
        await runner.catchUp();
        expect(runner.state).toEqual(timesOf(history(5)));
      }),
    );
  });

  it.each([
    ['another history', history(20, 7)],
    ['a history that is shorter', history(5)],
    ['no history', []],
  ])('is rebuilt when its bookmark was made of %s', async (_what, other) => {
    const { dir, said, logger } = place();
    const bookmarks = new BookmarkFolder(dir);
    await (await ProjectionRunner.open(times, { source: new Source(history(10)), bookmarks })).catchUp();
    const runner = await ProjectionRunner.open(times, { source: new Source(other), bookmarks, logger });
    await runner.catchUp();
    expect(runner.state).toEqual(timesOf(other));
    expect(said[0]).toContain('another history');
  });

  it('leaves a file alone that is too large for a bookmark, and one that it may not read', async () => {
    const { dir, file, said, logger } = place();
    writeFileSync(file, '');
    truncateSync(file, MAX_BOOKMARK_BYTES + 1);
    const options = { source: new Source(history(3)), bookmarks: new BookmarkFolder(dir), logger };
    expect((await ProjectionRunner.open(times, options)).position).toBe(0);
    expect(said[0]).toContain('damaged');
    const refusing = {
      read: () => Promise.reject(new Error('no right to')),
      write: () => Promise.reject(new Error('no right to')),
      remove: () => Promise.resolve(),
    };
    const runner = await ProjectionRunner.open(times, { ...options, bookmarks: refusing });
    await runner.catchUp();
    expect(runner.state).toHaveLength(3);
    expect(said.filter((line) => line.includes('no right to'))).toHaveLength(2);
  });

  it('that outgrows its bookmark is computed anew each time, and says so', async () => {
    const { dir, file, said, logger } = place();
    const big = { ...times, initial: () => ['x'.repeat(MAX_BOOKMARK_BYTES)] as unknown as number[] };
    const options = { source: new Source(history(3)), bookmarks: new BookmarkFolder(dir), logger };
    const runner = await ProjectionRunner.open(big, options);
    await runner.catchUp();
    expect(runner.state).toHaveLength(4);
    expect(said[0]).toContain('cannot be kept');
    expect(() => statSync(file)).toThrowError();
  });

  it('is rebuilt from any position, and dropped', async () => {
    const { dir, file } = place();
    const options = { source: new Source(history(10)), bookmarks: new BookmarkFolder(dir) };
    const runner = await ProjectionRunner.open(times, options);
    await runner.rebuild(6);
    expect(runner.state).toEqual(timesOf(history(10)).slice(6));
    expect(await (await ProjectionRunner.open(times, options)).progress()).toMatchObject({ from: 6, lag: 0 });
    await runner.drop();
    expect(runner.state).toEqual([]);
    expect(() => statSync(file)).toThrowError();
    await runner.catchUp();
    expect(runner.state).toEqual(timesOf(history(10)));
  });

  it('fails with the event that it cannot take, and keeps nothing of it', async () => {
    const { dir } = place();
    let isBroken = true;
    const picky: Projection<number[]> = {
      ...times,
      apply(state, recorded) {
        times.apply(state, recorded);
        if (isBroken && recorded.position === 7) throw new Error('cannot');
        return state;
      },
    };
    const options = { source: new Source(history(10)), bookmarks: new BookmarkFolder(dir), keepEvery: 3 };
    const runner = await ProjectionRunner.open(picky, options);
    const failed = { code: 'ProjectionFailed', data: { name: 'times', position: 7 } };
    await expect(runner.catchUp()).rejects.toMatchObject(failed);
    isBroken = false;
    await runner.catchUp();
    expect(runner.state).toEqual(timesOf(history(10)));
  });

  it.each([
    ['skips an event', [0, 1, 3]],
    ['gives one twice', [0, 1, 1, 2]],
  ])('refuses a source that %s', async (_what, positions) => {
    const [first] = history(1);
    if (first === undefined) throw new Error('there is one');
    const source = new Source(positions.map((position) => ({ ...first, position })));
    const runner = await ProjectionRunner.open(times, { source });
    await expect(runner.catchUp()).rejects.toMatchObject({ code: 'ProjectionFailed' });
  });

  it('is read by one call at a time, and has a name that a file may have', async () => {
    const runner = await ProjectionRunner.open(times, { source: new Source(history(3)) });
    const first = runner.catchUp();
    await expect(runner.rebuild()).rejects.toMatchObject({ code: 'InvalidOperation' });
    await first;
    const odd = ProjectionRunner.open({ ...times, name: '../times' }, { source: new Source([]) });
    await expect(odd).rejects.toMatchObject({ code: 'InvalidInput' });
  });
});
