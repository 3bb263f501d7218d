import type { Message, TaskContext } from '@tksm/abstractions';
import { standInContext } from '@tksm/drivers-memory';
import { expect, it } from 'vitest';
import { askKind } from './ask-kind.ts';

/** A context whose inbox has these answers, one an hour. */
function answering(answers: readonly unknown[]): TaskContext {
  let now = 0;
  const left = [...answers];
  const waitFor = (_filter: unknown, { timeoutMs = Infinity }: { timeoutMs?: number } = {}) => {
    now += 3_600_000;
    const body = timeoutMs < 3_600_000 || left.length === 0 ? undefined : left.shift();
    return Promise.resolve(body === undefined ? undefined : ({ body, from: 'ada' } as Message));
  };
  return standInContext({
    clock: { now: () => now, monotonic: () => now },
    step: async (_name, work) => await work(),
    waitFor: waitFor as TaskContext['waitFor'],
  });
}

const ask = (input: object, answers: readonly unknown[]) =>
  Promise.resolve(askKind().run({ question: 'Deploy?', ...input }, answering(answers)));

it('gives the answer, and who gave it', async () => {
  expect(await ask({}, ['yes'])).toEqual({ answer: 'yes', from: 'ada' });
});

it('passes over what is none of the choices', async () => {
  expect(await ask({ choices: ['yes', 'no'] }, ['maybe', { yes: 1 }, 'no'])).toEqual({
    answer: 'no',
    from: 'ada',
  });
});

it('knows a choice again, whatever values it is made of and however its fields are ordered', async () => {
  const choices = [{ days: 3n, by: 'ship' }, 7n];
  const inOtherOrder = { by: 'ship', days: 3n };
  expect(await ask({ choices }, [8n, new Uint8Array([7]), inOtherOrder])).toMatchObject({
    answer: inOtherOrder,
  });
});

it('gives up when nobody answers in time, however many answers were none', async () => {
  const input = { choices: ['yes'], timeoutMs: 7_200_000 };
  await expect(ask(input, ['perhaps', 'perhaps', 'perhaps'])).rejects.toMatchObject({
    code: 'DeadlineExceeded',
  });
  await expect(ask(input, [])).rejects.toMatchObject({ code: 'DeadlineExceeded' });
});
