import { isKernelError } from '@tksm/abstractions';
import type { EventLog, Position } from '@tksm/abstractions';
import { describe, expect, it } from 'vitest';
import { draftOf } from './drafts.ts';
import { hook } from './fixture.ts';
import type { EventLogHooks, WithLog } from './fixture.ts';
import { expectFrames, LogModel, readAll } from './log-model.ts';

export function faultTests(withLog: WithLog, hooks: EventLogHooks): void {
  describe('settle', () => {
    it(
      'answers the head when nothing is unknown',
      withLog(async ({ log }) => {
        const model = new LogModel();
        expect(await log.settle()).toEqual(model.head);
        await model.commit(log, draftOf(2));
        expect(await log.settle()).toEqual(model.head);
        await model.commit(log, draftOf(1));
        await model.check(log);
      }),
    );
  });
  describe.skipIf(!hooks.faults)('append, when the flush fails', () => unknownTests(withLog));
  describe.skipIf(!hooks.damage)('read, of a damaged frame', () => damageTests(withLog));
}

function unknownTests(withLog: WithLog): void {
  describe.each([true, false])('with the frame written: %s', (written) => {
    it('answers unknown until it is settled, then the truth', () =>
      withLog(async ({ log, failNext }) => {
        const model = new LogModel();
        await model.commit(log, draftOf(2));
        const draft = draftOf(3, 'doubtful');
        await hook(failNext, 'faults')(written);
        await expectUnknown(log, draft, model);
        await expectUnknown(log, draftOf(1, 'later'), model);
        if (written) model.add(draft);
        expect(await log.settle()).toEqual(model.head);
        await model.check(log);
        await model.commit(log, draftOf(1));
        await model.check(log);
      })());
    it('shows the truth after a crash too', () =>
      withLog(async ({ log, failNext, reopen }) => {
        const model = new LogModel();
        await model.commit(log, draftOf(2));
        const draft = draftOf(3, 'doubtful');
        await hook(failNext, 'faults')(written);
        await expectUnknown(log, draft, model);
        if (written) model.add(draft);
        const reopened = await reopen();
        await model.check(reopened);
        await model.commit(reopened, draftOf(1));
      })());
  });
}

async function expectUnknown(
  log: EventLog,
  draft: ReturnType<typeof draftOf>,
  model: LogModel,
): Promise<void> {
  const outcome = await log.append(draft, model.expected());
  expect(outcome.status).toBe('unknown');
  expect(outcome.status === 'unknown' && isKernelError(outcome.cause)).toBe(true);
}

function damageTests(withLog: WithLog): void {
  it(
    'gives the frames before it, then fails with LogDamaged and the position',
    withLog(async ({ log, damage, reopen }) => {
      const model = new LogModel();
      for (const count of [2, 3, 1, 4]) await model.commit(log, draftOf(count));
      const position: Position = 2;
      await hook(damage, 'damage')(position);
      const seen: Awaited<ReturnType<typeof readAll>> = [];
      const reading = (async () => {
        for await (const frame of (await reopen()).read()) seen.push(frame);
      })();
      await expect(reading).rejects.toMatchObject({ code: 'LogDamaged', data: { position } });
      expectFrames(seen, model.frames.slice(0, seen.length));
      expect(seen.length).toBeLessThanOrEqual(1);
    }),
  );
}
