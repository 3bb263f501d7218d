import { sensitive } from '@tksm/abstractions';
import type { CapabilityHandle, TaskContext, Value, ValueObject } from '@tksm/abstractions';
import { defineKind, defineOperation } from '@tksm/core';
import { kvDriver } from '@tksm/drivers-kv';
import { codeOf, echo, withKernel } from '@tksm/kernel-tests';
import type { TestKernel } from '@tksm/testing';
import { describe, expect, it } from 'vitest';

const SECRET = 'born in 1980, in Ghent';

/** Has the operator seal a value, and gives the reference, as who may read events sees it. */
async function sealedByOperator(test: TestKernel): Promise<Value> {
  const value = sensitive(SECRET, { subject: 'ada' });
  await test.perform({ kind: 'var.set', input: { name: 'ada', value } });
  const rewritten = (await test.events()).flatMap(({ event }) =>
    event.type === 'world.rewritten' ? (event.rewrite.puts ?? []) : [],
  );
  const [, variable] = rewritten.at(-1) ?? [];
  return (variable as unknown as { readonly value: Value }).value;
}

/** Who may do much, and was shown nothing. */
function stranger({ kernel }: TestKernel): Promise<CapabilityHandle> {
  const own = ['job.*:**', 'operation.perform:**', 'schedule.set:**', 'supervisor.start:**', 'event.read:**'];
  const rights = [...own, 'agent.*:**', 'var.*:mine/**', 'inbox.send:**', 'kv.*:notes/**'];
  return kernel.derive({ rights }, kernel.operator);
}

const keep = defineOperation<Value, Value>({
  name: 'keep',
  decide: (data) => ({ output: data, fact: { name: 'kept', data: data as never } }),
});
const sleeper = defineKind({ name: 'sleeper', run: (_input, { sleep }) => sleep(3_600_000) });

describe('a reference to a sealed value', () => {
  it(
    'is taken in from nobody who was only told of it',
    withKernel({ kinds: [echo, keep, sleeper] }, async (test) => {
      const { kernel } = test;
      const ref = await sealedByOperator(test);
      const by = await stranger(test);
      const { agent } = (
        await kernel.perform({ kind: 'agent.spawn', input: { name: 'a', rights: ['job.submit:echo'] } }, by)
      ).output as ValueObject;
      const { job } = await kernel.enqueue({ kind: 'sleeper' }, by);
      await test.runUntilIdle();
      const before = await test.events();
      const child = { id: 'c', job: { kind: 'echo', input: ref } };
      const performed: readonly (readonly [string, Value])[] = [
        ['var.set', { name: 'mine/x', value: { deep: [ref] } }],
        ['var.set', { name: 'mine/x', value: 1, metadata: { ref } }],
        ['var.apply', { changes: [{ op: 'set', name: 'mine/x', value: ref }] }],
        ['agent.observe', { agent: agent ?? null, data: ref }],
        ['agent.schedule-task', { agent: agent ?? null, kind: 'echo', input: ref }],
        ['inbox.send', { job, body: ref }],
        ['schedule.set', { name: 's', everyMs: 5_000, job: { kind: 'echo', input: ref } }],
        ['supervisor.start', { id: 'sup', strategy: 'one-for-one', children: [child] }],
        ['keep', ref],
      ];
      for (const [kind, input] of performed) {
        const refused = kernel.perform({ kind, input }, by);
        await expect(refused, kind).rejects.toMatchObject({
          code: 'CapabilityDenied',
          data: { handle: by.id },
        });
      }
      const task = { kind: 'echo', input: { ref } };
      expect(await codeOf(kernel.enqueue(task, by))).toBe('CapabilityDenied');
      expect(await codeOf(kernel.enqueueAll([task], by))).toBe('CapabilityDenied');
      const told = (await test.events()).slice(before.length).map(({ event }) => event.type);
      expect(new Set(told)).toEqual(new Set(['capability.denied']));
    }),
  );

  it(
    'is passed on by the operator',
    withKernel({ kinds: [echo] }, async (test) => {
      const ref = await sealedByOperator(test);
      await test.perform({ kind: 'var.set', input: { name: 'copy', value: ref } });
      expect(await test.perform({ kind: 'var.get', input: { name: 'copy' } })).toMatchObject({
        output: { value: SECRET },
      });
      expect(await test.run({ kind: echo, input: ref })).toMatchObject({ output: SECRET });
    }),
  );

  const ways: Readonly<Record<string, (context: TaskContext, ref: Value) => unknown>> = {
    output: (_context, ref) => ref,
    step: ({ step }, ref) => step('s', () => ref),
    fact: ({ emit }, ref) => {
      emit('told', ref);
    },
    variable: ({ vars }, ref) => {
      vars.set('mine/x', ref);
    },
    metadata: ({ vars }, ref) => {
      vars.set('mine/x', 1, { metadata: { ref } as never });
    },
    child: ({ submit }, ref) => submit({ kind: 'echo', input: [ref] }),
    message: ({ inbox, job }, ref) => {
      inbox.send(job.id, ref);
    },
    call: ({ call }, ref) => call('kv', 'put', { ns: 'notes', key: 'x', value: ref }),
  };

  it.each(Object.keys(ways))('is passed on by no handler that was not shown it, as %s', async (way) => {
    let ref: Value = null;
    const kind = defineKind<null, Value>({
      name: 'passes',
      retry: { maxAttempts: 1 },
      run: async (_input, context) => ((await ways[way]?.(context, ref)) ?? null) as Value,
    });
    await withKernel({ kinds: [echo, kind], drivers: [kvDriver()] }, async (test) => {
      ref = await sealedByOperator(test);
      const { job } = await test.kernel.enqueue({ kind }, await stranger(test));
      expect(await test.outcome(job)).toMatchObject({
        status: 'failed',
        error: { code: 'CapabilityDenied' },
      });
      const written = (await test.events()).filter(({ event }) => JSON.stringify(event).includes('$sealed'));
      expect(written).toHaveLength(1);
      expect(await test.events()).toContainEqual(
        expect.objectContaining({ event: expect.objectContaining({ type: 'capability.denied', job }) }),
      );
    })();
  });

  it(
    'is passed on by a handler that was shown it, in its input or in what a step gave',
    withKernel({}, async (test) => {
      const kind = defineKind<Value, Value>({
        name: 'passes',
        run: async (_input, context) => {
          await context.step('look', () => sensitive(`twice: ${SECRET}`, { subject: 'ada' }));
          await context.sleep(1_000);
          const { input, steps } = await lookedUp(context);
          return [input, steps[0]?.output ?? null];
        },
      });
      await test.restart({ kinds: [kind] });
      const input = { of: sensitive(SECRET, { subject: 'ada' }) };
      const { job } = await test.kernel.enqueue({ kind, input }, await stranger(test));
      await test.advance(1_500);
      const output = [{ of: SECRET }, `twice: ${SECRET}`];
      expect(await test.outcome(job)).toEqual({ status: 'succeeded', output });
      expect(JSON.stringify(await test.events())).not.toContain(SECRET);
    }),
  );
});

/** What stands in the log of a job itself, references included. */
async function lookedUp({ jobs, job }: TaskContext) {
  const own = await jobs.get(job.id);
  return { input: own?.spec.input as Value, steps: (own?.steps ?? []) as readonly { output: Value }[] };
}
