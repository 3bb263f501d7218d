import { isKernelError } from '@tksm/abstractions';
import { echo, withKernel } from '@tksm/kernel-tests';
import { expect, it } from 'vitest';

it(
  'handles take at most half of the supervisors that a zone may have: the owner is not left without',
  withKernel({ kinds: [echo] }, async (test) => {
    const { kernel } = test;
    const handle = await kernel.derive({ rights: ['supervisor.*:**', 'job.submit:echo'] }, kernel.operator);
    const children = Array.from({ length: 999 }, (_, n) => ({ id: `s${n}`, supervisor: 'leaf' }));
    const start = (id: string, by = handle) => {
      const input = { id, children, supervisors: { leaf: { children: [] } } };
      return kernel.perform({ kind: 'supervisor.start', input }, by);
    };
    for (const id of ['a', 'b', 'c', 'd', 'e']) await start(id);
    const refusal: unknown = await start('f').catch((error: unknown) => error);
    expect(isKernelError(refusal) && refusal.data).toEqual({ limit: 5_000 });
    await start('f', kernel.operator);
  }),
);

it(
  'handles take at most half of the schedules that a zone may have',
  withKernel({ kinds: [echo] }, async (test) => {
    const { kernel } = test;
    const handle = await kernel.derive({ rights: ['schedule.set:**', 'job.submit:echo'] }, kernel.operator);
    const set = (name: number, by = handle) => {
      const input = { name: `s${name}`, everyMs: 3_600_000, job: { kind: 'echo' } };
      return kernel.perform({ kind: 'schedule.set', input }, by);
    };
    await Promise.all(Array.from({ length: 50_000 }, (_, n) => set(n)));
    const refusal: unknown = await set(50_000).catch((error: unknown) => error);
    expect(isKernelError(refusal) && [refusal.code, refusal.data]).toEqual([
      'TooManySchedules',
      { limit: 50_000 },
    ]);
    await set(50_000, kernel.operator);
  }),
);
