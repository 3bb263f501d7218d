import type { EventLog } from '@tksm/abstractions';
import { describe, expect, it } from 'vitest';
import { draftOf, HARD_TEXTS } from './drafts.ts';
import type { WithLog } from './fixture.ts';
import { LogModel, readAll } from './log-model.ts';

export function lifecycleTests(withLog: WithLog): void {
  reopenTests(withLog);
  closeTests(withLog);
}

function reopenTests(withLog: WithLog): void {
  describe('reopen after a crash', () => {
    it(
      'finds an empty log empty, and takes the first frame',
      withLog(async ({ reopen }) => {
        const model = new LogModel();
        const log = await reopen();
        await model.check(log);
        await model.commit(log, draftOf(1));
        await model.check(await reopen());
      }),
    );
    it(
      'keeps exactly the frames that were committed, and goes on from them',
      withLog(async (fixture) => {
        const model = new LogModel();
        let { log } = fixture;
        for (const text of HARD_TEXTS) {
          await model.commit(log, draftOf(1 + (text.length % 3), text));
          const { position, previousHash, epoch } = model.expected();
          await log.append(draftOf(1, 'stale'), { position: position + 1, previousHash, epoch });
          log = await fixture.reopen();
          await model.check(log);
        }
      }),
    );
    it(
      'keeps the fence against lower epochs',
      withLog(async ({ log, reopen }) => {
        const model = new LogModel();
        await model.commit(log, draftOf(1, 'plain', 9));
        const outcome = await (await reopen()).append(draftOf(1, 'deposed', 8), model.expected(8));
        expect(outcome).toEqual({ status: 'conflict', head: model.head });
      }),
    );
    it(
      'finds an append that was in flight whole or not at all',
      withLog(async ({ log, reopen }) => {
        const model = new LogModel();
        await model.commit(log, draftOf(2));
        const draft = draftOf(3, 'in flight');
        let answer = 'none';
        const inFlight = log.append(draft, model.expected()).then(
          ({ status }) => (answer = status),
          () => (answer = 'refused'),
        );
        void inFlight;
        const reopened = await reopen();
        const { position } = await reopened.head();
        if (position > model.head.position || answer === 'committed') model.add(draft);
        await model.check(reopened);
        await model.commit(reopened, draftOf(1));
        await model.check(reopened);
      }),
    );
    it(
      'counts its statistics from the opening',
      withLog(async ({ log, reopen }) => {
        await new LogModel().commit(log, draftOf(2));
        expect((await reopen()).statistics.frames).toBe(0);
      }),
    );
  });
}

function closeTests(withLog: WithLog): void {
  const calls: readonly [string, (log: EventLog) => Promise<unknown>][] = [
    ['append', (log) => log.append(draftOf(1), new LogModel().expected(1))],
    ['head', (log) => log.head()],
    ['read', (log) => readAll(log)],
    ['settle', (log) => log.settle()],
  ];
  describe('close', () => {
    it.each(calls)('makes %s fail with LogClosed', (_, call) =>
      withLog(async ({ log }) => {
        await log.close();
        await expect((async () => call(log))()).rejects.toMatchObject({ code: 'LogClosed' });
      })(),
    );
    it(
      'may be called twice',
      withLog(async ({ log }) => {
        await Promise.all([log.close(), log.close()]);
        await log.close();
      }),
    );
    it(
      'keeps what was committed',
      withLog(async ({ log, reopen }) => {
        const model = new LogModel();
        await model.commit(log, draftOf(3));
        await log.close();
        await model.check(await reopen());
      }),
    );
    it(
      'waits for the append in flight',
      withLog(async ({ log, reopen }) => {
        const model = new LogModel();
        const draft = draftOf(2);
        const append = log.append(draft, model.expected(1));
        await log.close();
        const { status } = await append;
        if (status === 'committed') model.add(draft);
        expect(status).toBe('committed');
        await model.check(await reopen());
      }),
    );
  });
}
