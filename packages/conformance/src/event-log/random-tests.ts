import type { EventLog } from '@tksm/abstractions';
import { describe, expect, it } from 'vitest';
import { dice } from '../dice.ts';
import type { Dice } from '../dice.ts';
import { draftOf, HARD_TEXTS } from './drafts.ts';
import type { EventLogFixture, WithLog } from './fixture.ts';
import { expectFrames, LogModel, readAll } from './log-model.ts';

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8] as const;
const STEPS = 40;

interface Run {
  readonly fixture: EventLogFixture;
  readonly model: LogModel;
  readonly roll: Dice;
  log: EventLog;
}

const STEPS_OF_A_RUN: readonly [(run: Run) => Promise<void>, ...((run: Run) => Promise<void>)[]] = [
  commit,
  commit,
  commit,
  commit,
  raise,
  appendStale,
  readSome,
  crash,
  restart,
];

export function randomTests(withLog: WithLog): void {
  describe('any sequence of appends, reads, crashes and restarts', () => {
    it.each(SEEDS)(
      'agrees with a model (seed %i)',
      (seed) =>
        withLog(async (fixture) => {
          const run: Run = { fixture, model: new LogModel(), roll: dice(seed), log: fixture.log };
          for (let step = 0; step < STEPS; step++) await run.roll.oneOf(STEPS_OF_A_RUN)(run);
          await crash(run);
        })(),
      30_000,
    );
  });
}

async function commit({ log, model, roll }: Run): Promise<void> {
  await model.commit(
    log,
    draftOf(1 + roll.below(5), roll.oneOf(HARD_TEXTS).repeat(roll.below(400)), model.head.epoch),
  );
}

async function raise({ log, model, roll }: Run): Promise<void> {
  await model.commit(log, draftOf(1, 'claimed', model.head.epoch + 1 + roll.below(3)));
}

async function appendStale({ log, model, roll }: Run): Promise<void> {
  const expected = model.expected();
  const position = expected.position + 1 + roll.below(4);
  const outcome = await log.append(draftOf(1, 'stale', expected.epoch), { ...expected, position });
  expect(outcome).toEqual({ status: 'conflict', head: model.head });
}

async function readSome({ log, model, roll }: Run): Promise<void> {
  const from = roll.below(model.head.position + 2);
  expectFrames(await readAll(log, from), model.from(from));
}

async function crash(run: Run): Promise<void> {
  run.log = await run.fixture.reopen();
  await run.model.check(run.log);
}

async function restart(run: Run): Promise<void> {
  await run.log.close();
  await crash(run);
}
