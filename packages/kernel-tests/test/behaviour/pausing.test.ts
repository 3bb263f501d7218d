import type { JobId } from '@tksm/abstractions';
import { broken, echo, nap, stuck } from '@tksm/kernel-tests';
import { testKernel } from '@tksm/testing';
import type { TestKernel } from '@tksm/testing';
import { describe, expect, it } from 'vitest';

const statusOf = (test: TestKernel, job: JobId) => test.kernel.read(({ jobs }) => jobs.get(job)?.status);
const whyNot = (test: TestKernel, job: JobId) => test.kernel.read(({ jobs }) => jobs.heldBackBy(job));
const perform = (test: TestKernel, kind: string, input: Record<string, string>) =>
  test.perform({ kind, input });

describe.each([
  ['kind', 'echo'],
  ['pool', 'mail'],
  ['pool', 'default'],
] as const)('a paused %s %s', (what, name) => {
  const pool = name === 'mail' ? { pool: name } : {};

  it('begins nothing until it is resumed, over a restart, and says why', async () => {
    const test = await testKernel({ kinds: [echo, nap] });
    await perform(test, `${what}.pause`, { [what]: name, reason: 'maintenance' });
    const { job } = await test.enqueue({ kind: echo, input: 1, ...pool });
    await test.restart();
    await test.runUntilIdle();
    const reason = `${what} ${name} is paused: maintenance`;
    expect(await statusOf(test, job)).toBe('queued');
    expect(await whyNot(test, job)).toEqual([reason]);
    expect(test.kernel.health().checks.find((check) => check.name === 'scheduler')?.detail).toContain(reason);
    await perform(test, `${what}.resume`, { [what]: name });
    await test.runUntilIdle();
    expect(await statusOf(test, job)).toBe('succeeded');
    const facts = (await test.events()).flatMap(({ event }) =>
      event.type === 'world.rewritten' ? event.fact.name : [],
    );
    expect(facts).toEqual([`${what}.paused`, `${what}.resumed`]);
    await test.close();
  });

  it('lets others go on, and what runs', async () => {
    const test = await testKernel({ kinds: [echo, stuck] });
    const { job: running } = await test.enqueue({ kind: stuck, ...pool });
    await perform(test, `${what}.pause`, { [what]: name });
    const other = await test.enqueue({ kind: what === 'kind' ? stuck : echo, input: 1, pool: 'other' });
    await test.runUntilIdle();
    expect(await statusOf(test, running)).toBe('running');
    expect(await statusOf(test, other.job)).toBe(what === 'kind' ? 'running' : 'succeeded');
    await test.close();
  });
});

describe('a paused job', () => {
  it('waits, with its attempts, its dependencies and its delay as they were, until it is resumed', async () => {
    const test = await testKernel({ kinds: [echo, broken, nap] });
    const need = await test.enqueue({ kind: echo, input: 1, notBefore: test.clock.now() + 10_000 });
    const blocked = await test.enqueue({ kind: echo, input: 2, dependsOn: [need.job] });
    const late = await test.enqueue({ kind: echo, input: 3, notBefore: test.clock.now() + 60_000 });
    for (const { job } of [blocked, late]) await perform(test, 'job.pause', { job, reason: 'to look at it' });
    expect(await test.kernel.read(({ jobs }) => jobs.get(blocked.job)?.held)).toEqual({
      code: 'Paused',
      message: 'to look at it',
    });
    await test.advance(20_000);
    expect(await statusOf(test, blocked.job)).toBe('held');
    await perform(test, 'job.resume', { job: late.job });
    expect(await statusOf(test, late.job)).toBe('delayed');
    await test.restart();
    expect(await statusOf(test, blocked.job)).toBe('held');
    await perform(test, 'job.resume', { job: blocked.job });
    await test.advance(100_000);
    expect([await statusOf(test, blocked.job), await statusOf(test, late.job)]).toEqual([
      'succeeded',
      'succeeded',
    ]);
    await test.close();
  });

  it('is cancelled when it is resumed, when what it depends on has failed meanwhile', async () => {
    const test = await testKernel({ kinds: [echo, broken] });
    const need = await test.enqueue({ kind: broken, notBefore: test.clock.now() + 1_000 });
    const { job } = await test.enqueue({ kind: echo, input: 2, dependsOn: [need.job] });
    await perform(test, 'job.pause', { job });
    await test.advance(100_000);
    expect([await statusOf(test, need.job), await statusOf(test, job)]).toEqual(['failed', 'held']);
    await perform(test, 'job.resume', { job });
    expect(await statusOf(test, job)).toBe('cancelled');
    await test.close();
  });

  it('is refused when it runs, has settled, is paused already, or is not there', async () => {
    const test = await testKernel({ kinds: [echo, stuck] });
    const { job: running } = await test.enqueue({ kind: stuck });
    const { job: settled } = await test.run({ kind: echo, input: 1 }).then(async () => {
      const receipt = await test.enqueue({ kind: echo, input: 2 });
      await test.outcome(receipt.job);
      return receipt;
    });
    const { job: paused } = await test.enqueue({ kind: echo, notBefore: test.clock.now() + 1_000 });
    await perform(test, 'job.pause', { job: paused });
    for (const job of [running, settled, paused])
      await expect(perform(test, 'job.pause', { job })).rejects.toMatchObject({ code: 'InvalidOperation' });
    for (const job of [running, settled])
      await expect(perform(test, 'job.resume', { job })).rejects.toMatchObject({ code: 'InvalidOperation' });
    await expect(perform(test, 'job.pause', { job: 'f'.repeat(32) })).rejects.toMatchObject({
      code: 'JobNotFound',
    });
    await test.close();
  });
});

it('refuses to resume what is not paused, and names that there cannot be', async () => {
  const test = await testKernel();
  const refused = (kind: string, input: Record<string, string>) => expect(perform(test, kind, input)).rejects;
  await refused('kind.resume', { kind: 'echo' }).toMatchObject({ code: 'InvalidOperation' });
  await refused('pool.resume', { pool: 'mail' }).toMatchObject({ code: 'InvalidOperation' });
  await refused('kind.pause', { kind: 'not a kind' }).toMatchObject({ category: 'invalid' });
  await refused('pool.pause', { pool: '' }).toMatchObject({ code: 'InvalidSpec' });
  await refused('pool.pause', {}).toMatchObject({ code: 'InvalidInput' });
  await test.close();
});
