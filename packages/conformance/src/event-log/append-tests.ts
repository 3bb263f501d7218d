import type { AppendOutcome, EventLog, Expected, FrameDraft } from '@tksm/abstractions';
import { hash, NO_HASH } from '@tksm/abstractions';
import { describe, expect, it } from 'vitest';
import { draftOf, draftOfBytes, HARD_TEXTS } from './drafts.ts';
import type { WithLog } from './fixture.ts';
import { LogModel } from './log-model.ts';

/** Frames larger than this are not tried, though a log may take them. */
const MAX_TRIED_BYTES = 64 * 1024 * 1024;

export function appendTests(withLog: WithLog): void {
  describe('append', () => {
    it(
      'commits frames that are dense and chained by an independent computation of their hashes',
      withLog(async ({ log }) => {
        const model = new LogModel();
        for (const count of [1, 3, 1, 100, 2]) await model.commit(log, draftOf(count));
        await model.check(log);
      }),
    );
    it(
      'keeps every text byte for byte',
      withLog(async ({ log }) => {
        const model = new LogModel();
        for (const text of HARD_TEXTS) await model.commit(log, draftOf(2, text));
        await model.check(log);
      }),
    );
    it(
      'keeps the largest numbers',
      withLog(async ({ log }) => {
        const model = new LogModel();
        await model.commit(log, { ...draftOf(1), time: 0, epoch: 0 });
        await model.commit(log, { ...draftOf(1), time: 2 ** 32, epoch: 2 ** 32 });
        await model.commit(log, {
          ...draftOf(1),
          time: Number.MAX_SAFE_INTEGER,
          epoch: Number.MAX_SAFE_INTEGER,
        });
        await model.check(log);
      }),
    );
    it(
      'counts frames and bytes of what it commits',
      withLog(async ({ log }) => {
        const model = new LogModel();
        const before = { ...log.statistics };
        const draft = draftOf(5);
        await model.commit(log, draft);
        await model.commit(log, draft);
        expect(log.statistics.frames - before.frames).toBe(2);
        expect(log.statistics.bytes - before.bytes).toBeGreaterThanOrEqual(2 * draft.payload.length);
        if (log.capabilities.durable) {
          expect(log.statistics.flushes - before.flushes).toBeGreaterThanOrEqual(2);
        }
      }),
    );
  });
  conflictTests(withLog);
  sizeTests(withLog);
}

function conflictTests(withLog: WithLog): void {
  const stale: readonly [string, (expected: Expected) => Expected][] = [
    ['an earlier position', (expected) => ({ ...expected, position: expected.position - 1 })],
    ['the first position', (expected) => ({ ...expected, position: 0, previousHash: NO_HASH })],
    ['a later position', (expected) => ({ ...expected, position: expected.position + 1 })],
    ['another hash', (expected) => ({ ...expected, previousHash: hash('ab'.repeat(32)) })],
    ['a lower epoch', (expected) => ({ ...expected, epoch: expected.epoch - 1 })],
  ];
  describe('append, when the writer is wrong about the log', () => {
    it.each(stale)('answers a conflict for %s and writes nothing', (_, change) =>
      withLog(async ({ log }) => {
        const model = new LogModel();
        await model.commit(log, draftOf(3, 'plain', 7));
        await model.commit(log, draftOf(2, 'plain', 7));
        const expected = change(model.expected());
        const outcome = await log.append(draftOf(1, 'stale', expected.epoch), expected);
        expect(outcome).toEqual({ status: 'conflict', head: model.head });
        await model.check(log);
        await model.commit(log, draftOf(1, 'plain', 7));
        await model.check(log);
      })(),
    );
    it(
      'answers a conflict on an empty log',
      withLog(async ({ log }) => {
        const model = new LogModel();
        const outcome = await log.append(draftOf(1), { position: 1, previousHash: NO_HASH, epoch: 1 });
        expect(outcome).toEqual({ status: 'conflict', head: model.head });
        await model.commit(log, draftOf(1));
      }),
    );
    it(
      'takes a higher epoch and fences the lower one off',
      withLog(async ({ log }) => {
        const model = new LogModel();
        await model.commit(log, draftOf(1, 'plain', 1));
        await model.commit(log, draftOf(1, 'plain', 5));
        const outcome = await log.append(draftOf(1, 'deposed', 4), model.expected(4));
        expect(outcome).toEqual({ status: 'conflict', head: model.head });
        await model.check(log);
      }),
    );
    it.each([2, 10])('commits one of %i appends at the same position', (writers) =>
      withLog(async ({ log }) => {
        const model = new LogModel();
        await model.commit(log, draftOf(2));
        const drafts = Array.from({ length: writers }, (_, writer) => draftOf(1, `writer ${writer}`));
        const committed = drafts[await raceFor(log, drafts, model.expected())];
        if (committed !== undefined) model.add(committed);
        await model.check(log);
        await model.commit(log, draftOf(1));
        await model.check(log);
      })(),
    );
  });
}

/** Appends all at once; the index of the one that committed. */
async function raceFor(log: EventLog, drafts: readonly FrameDraft[], expected: Expected): Promise<number> {
  const outcomes = await Promise.all(drafts.map((draft) => log.append(draft, expected)));
  const statuses: AppendOutcome['status'][] = outcomes.map((outcome) => outcome.status);
  expect(statuses.toSorted()).toEqual(['committed', ...statuses.slice(1).map(() => 'conflict')]);
  return statuses.indexOf('committed');
}

function sizeTests(withLog: WithLog): void {
  describe('append, at the largest frame', () => {
    it('takes maxFrameBytes, refuses one byte more, and goes on', (context) =>
      withLog(async ({ log }) => {
        const { maxFrameBytes } = log.capabilities;
        if (maxFrameBytes > MAX_TRIED_BYTES) context.skip(`${maxFrameBytes} bytes are too many to try`);
        const model = new LogModel();
        await expectTooLarge(log, draftOfBytes(maxFrameBytes + 1), model);
        await model.commit(log, draftOfBytes(maxFrameBytes));
        await expectTooLarge(log, draftOfBytes(maxFrameBytes + 1), model);
        await model.commit(log, draftOf(1));
        await model.check(log);
      })());
    it('measures bytes of UTF-8, not characters', (context) =>
      withLog(async ({ log }) => {
        const { maxFrameBytes } = log.capabilities;
        if (maxFrameBytes > MAX_TRIED_BYTES) context.skip(`${maxFrameBytes} bytes are too many to try`);
        const model = new LogModel();
        const payload = `["${'é'.repeat(Math.floor(maxFrameBytes / 2))}"]`;
        await expectTooLarge(log, { ...draftOf(1), payload }, model);
      })());
  });
}

async function expectTooLarge(log: EventLog, draft: FrameDraft, model: LogModel): Promise<void> {
  await expect(log.append(draft, model.expected(draft.epoch))).rejects.toMatchObject({
    code: 'FrameTooLarge',
  });
  expect(await log.head()).toEqual(model.head);
}
