import { handleId, jobId, kindName, zoneId } from '@tksm/abstractions';
import { createMemoryLog } from '@tksm/drivers-memory';
import type { MemoryLog } from '@tksm/drivers-memory';
import { expect, it } from 'vitest';
import { digestOf } from '../state/digest.ts';
import { replay } from './replay.ts';
import { upcastOver, VERSIONS } from './upcast.ts';

const job = jobId('1'.repeat(32));
const by = handleId('operator');
const kind = kindName('k');

/** How a release before the first might have written it: the kind alone, and no version of it. */
const submittedV0 = { type: 'job.submitted', v: 0, job, by, kind, input: { n: 1 } };
const submittedV1 = { type: 'job.submitted', v: 1, job, by, spec: { kind, version: 1, input: { n: 1 } } };

const planted = upcastOver({
  ...VERSIONS,
  'job.submitted': {
    current: 1,
    steps: {
      0: (event) => {
        const { type, job, by, kind, input } = event as typeof submittedV0;
        return { type, v: 0, job, by, spec: { kind, version: 1, input } };
      },
    },
  },
});

async function logWith(submitted: object): Promise<MemoryLog> {
  const log = createMemoryLog();
  const leased = { type: 'job.leased', v: 1, job, epoch: 1, worker: 'w', until: 9_000 };
  for (const events of [
    [{ type: 'zone.created', v: 1, zone: zoneId('a'.repeat(32)) }],
    [submitted, leased],
  ]) {
    const { position, hash } = await log.head();
    const draft = { time: 1_000, epoch: 1, count: events.length, payload: JSON.stringify(events) };
    await log.append(draft, { position, previousHash: hash, epoch: 1 });
  }
  return log;
}

it('folds frames with events of an old version into the state of their successors', async () => {
  const fromOld = await replay(await logWith(submittedV0), { upcast: planted });
  const fromCurrent = await replay(await logWith(submittedV1), { upcast: planted });
  expect(digestOf(fromOld.state)).toBe(digestOf(fromCurrent.state));
  expect(fromOld.state.jobs.get(job)?.spec).toEqual(submittedV1.spec);
  expect(fromOld.head.hash).not.toBe(fromCurrent.head.hash);
});

it('refuses a version that no release wrote', async () => {
  await expect(replay(await logWith(submittedV0))).rejects.toMatchObject({
    code: 'LogDamaged',
    data: { position: 1 },
  });
});
