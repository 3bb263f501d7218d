import type { CapabilityHandle, Command } from '@tksm/abstractions';
import { handleId } from '@tksm/abstractions';
import { agentDoes, codeOf, echo, withKernel } from '@tksm/kernel-tests';
import type { TestKernel } from '@tksm/testing';
import { expect, it } from 'vitest';

const small = ['var.get:x'];

/** Loses the frame of a derivation, whose handle somebody has taken before. */
async function loseHandle({ kernel, log }: TestKernel, command: Command, holder: CapabilityHandle) {
  const append = log.append.bind(log);
  let taken: CapabilityHandle | undefined;
  log.append = (draft, expected) => {
    const [, id] = /"capability\.derived","v":1,"handle":"([^"]+)"/.exec(draft.payload) ?? [];
    if (id !== undefined) taken = kernel.handle(handleId(id), holder);
    return append(draft, expected);
  };
  log.failNext('unknown-lost');
  expect(await codeOf(kernel.perform(command, holder))).toBe('OutcomeUnknown');
  log.append = append;
  if (taken === undefined) throw new Error('nothing was derived');
  return taken;
}

it.each([undefined, 'cmd-1'])(
  'a handle whose frame was lost never becomes the one that is derived in its place (command id %s)',
  async (id) => {
    await withKernel({ kinds: [echo] }, async (test) => {
      const { kernel } = test;
      const holder = await kernel.derive({ rights: small }, kernel.operator);
      const command = { kind: 'capability.derive', ...(id !== undefined && { id }) };
      const kept = await loseHandle(test, { ...command, input: { rights: small } }, holder);
      await test.runUntilIdle();
      const { output } = await kernel.perform({ ...command, input: { rights: ['*:**'] } }, kernel.operator);
      const wide = kernel.handle(handleId((output as { handle: string }).handle), kernel.operator);
      expect(wide.id).not.toBe(kept.id);
      const set = { kind: 'var.set', input: { name: 'x', value: 1 } };
      expect(await codeOf(kernel.perform(set, kept))).toBe('CapabilityDenied');
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
