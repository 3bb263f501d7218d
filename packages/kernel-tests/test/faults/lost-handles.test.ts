import type { CapabilityHandle, Command } from '@tksm/abstractions';
import { handleId } from '@tksm/abstractions';
import { agentDoes, codeOf, echo, withKernel } from '@tksm/kernel-tests';
import type { TestKernel } from '@tksm/testing';
import { expect, it } from 'vitest';

const small = ['var.get:x'];

/** More than the events of a recovery: one of them has the place of what is derived after it. */
const MANY = 12;

/** Loses the frame of derivations, whose handles somebody has taken before. */
async function loseHandles({ kernel, log }: TestKernel, command: Command, holder: CapabilityHandle) {
  const append = log.append.bind(log);
  const taken: CapabilityHandle[] = [];
  log.append = (draft, expected) => {
    for (const [, id = ''] of draft.payload.matchAll(/"capability\.derived","v":1,"handle":"([^"]+)"/g))
      taken.push(kernel.handle(handleId(id), holder));
    return append(draft, expected);
  };
  // While its frame is under way the others gather for the next.
  const before = kernel.perform({ kind: 'var.set', input: { name: 'y', value: 1 } }, kernel.operator);
  const others = Array.from({ length: MANY - 1 }, () => kernel.derive({ rights: small }, holder));
  const lost = [kernel.perform(command, holder), ...others].map(codeOf);
  log.failNext('unknown-lost');
  await codeOf(before);
  expect(new Set(await Promise.all(lost))).toEqual(new Set(['OutcomeUnknown']));
  log.append = append;
  expect(taken).toHaveLength(MANY);
  return taken;
}

it.each([undefined, 'cmd-1'])(
  'a handle whose frame was lost never becomes one that is derived in its place (command id %s)',
  async (id) => {
    await withKernel({ kinds: [echo] }, async (test) => {
      const { kernel } = test;
      const holder = await kernel.derive({ rights: small }, kernel.operator);
      const command = { kind: 'capability.derive', ...(id !== undefined && { id }) };
      const kept = await loseHandles(test, { ...command, input: { rights: small } }, holder);
      await test.runUntilIdle();
      const { output } = await kernel.perform({ ...command, input: { rights: ['*:**'] } }, kernel.operator);
      const wide = kernel.handle(handleId((output as { handle: string }).handle), kernel.operator);
      const set = { kind: 'var.set', input: { name: 'x', value: 1 } };
      for (const handle of kept) expect(await codeOf(kernel.perform(set, handle))).toBe('CapabilityDenied');
      expect(await codeOf(kernel.perform(set, wide))).toBe('resolved');
    })();
  },
);

it(
  'an agent whose frame was lost comes again under another id, also by the same command',
  withKernel({ kinds: [echo] }, async (test) => {
    const { kernel, log } = test;
    const spawn = { kind: 'agent.spawn', id: 'spawn-1', input: { name: 'a', rights: small } };
    const ids: string[] = [];
    const append = log.append.bind(log);
    log.append = (draft, expected) => {
      ids.push(...[...draft.payload.matchAll(/"agent":"([0-9a-f]{32})","by"/g)].map(([, id = '']) => id));
      return append(draft, expected);
    };
    log.failNext('unknown-lost');
    expect(await codeOf(kernel.perform(spawn, kernel.operator))).toBe('OutcomeUnknown');
    await test.runUntilIdle();
    const { output } = await kernel.perform(spawn, kernel.operator);
    expect(new Set(ids).size).toBe(2);
    const { agent } = output as { agent: string };
    expect(agent).toBe(ids[1]);
    expect((await kernel.perform(spawn, kernel.operator)).output).toEqual(output);
    expect(await codeOf(agentDoes(test, 'stop', { agent: ids[0] ?? '' }))).toBe('AgentNotFound');
  }),
);
