import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Kernel, Progress, RecordedEvent } from '@tksm/abstractions';
import { systemClock, systemRandom, systemTimers } from '@tksm/drivers-system';
import { createKernel, defineKind, defineOperation } from '@tksm/host-embedded';
import { connectZone, SOCKET_FILES } from '@tksm/extensions-socket';
import type { ZoneConnection } from '@tksm/extensions-socket';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';

const double = defineKind<number, number>({ name: 'double', run: (n) => n * 2 });
const echo = defineOperation<unknown, null>({
  name: 'echo',
  decide: (input) => ({ output: input as null }),
});
const wait = defineKind<null, null>({
  name: 'wait',
  run: async (_input, { progress, signal }) => {
    progress({ done: 1, total: 2 });
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
    });
    signal.throwIfAborted();
    return null;
  },
});

interface Pair {
  readonly data: string;
  readonly kernel: Kernel;
  readonly zone: ZoneConnection;
}

async function served(): Promise<Pair> {
  const data = await mkdtemp(path.join(tmpdir(), 'tksm-served-'));
  const kernel = await createKernel({ data, socket: true, kinds: [double, echo, wait] });
  const time = { clock: systemClock, timers: systemTimers };
  const zone = await connectZone({ dir: data, time, random: systemRandom });
  onTestFinished(async () => {
    zone.close();
    await kernel.stop();
    await rm(data, { recursive: true });
  });
  return { data, kernel, zone };
}

describe('a kernel behind a socket', () => {
  it('decides and runs as the one in this process does', async () => {
    const { kernel, zone } = await served();
    expect(zone.zone).toBe(kernel.zone);
    const { job } = await zone.enqueue({ kind: double, input: 21 });
    expect(await zone.outcome(job)).toEqual({ status: 'succeeded', output: 42 });
    expect(await zone.job(job)).toMatchObject({ id: job, status: 'succeeded', spec: { kind: 'double' } });
    const input = { big: 2n ** 70n, bytes: new Uint8Array([1, 2, 255]), text: 'é\u0000' };
    expect(await zone.perform({ kind: 'echo', input })).toMatchObject({ output: input });
    expect(await zone.health()).toMatchObject({ status: 'ok' });
    await expect(zone.enqueue({ kind: 'no.such' })).rejects.toMatchObject({ code: 'UnsupportedOperation' });
    await expect(zone.enqueue({ kind: 'echo' })).rejects.toMatchObject({ code: 'InvalidOperation' });
    await expect(zone.outcome('0'.repeat(32) as typeof job)).rejects.toMatchObject({ code: 'JobNotFound' });
    await expect(zone.enqueue({ kind: double, input: 1, priority: 12 })).rejects.toMatchObject({
      code: 'InvalidSpec',
      data: { field: 'priority' },
    });
  });

  it('takes a batch in parts as one: whole, once, and with what refers to each other', async () => {
    const { kernel, zone } = await served();
    const padding = 'x'.repeat(200);
    const batch = Array.from({ length: 6_000 }, (_, n) => ({
      ...{ kind: double, input: n, name: `n${n}`, correlation: padding },
      dependsOn: n % 1_000 === 999 ? [{ name: 'n0' }] : [],
    }));
    const receipts = await zone.enqueueAll(batch, { id: 'batch' });
    const last = receipts.at(-1);
    expect(receipts.length).toBe(6_000);
    expect(last && (await zone.outcome(last.job))).toEqual({ status: 'succeeded', output: 2 * 5_999 });
    const again = await kernel.enqueueAll(batch, kernel.operator, { id: 'batch' });
    expect(again.map(({ job }) => job)).toEqual(receipts.map(({ job }) => job));
    const before = kernel.log.head.position;
    const bad = [...batch.slice(0, 3_000), { kind: double, input: 1, dependsOn: [{ name: 'nobody' }] }];
    await expect(zone.enqueueAll(bad)).rejects.toMatchObject({ code: 'DependencyUnknown' });
    await expect(zone.enqueueAll([{ kind: double, input: 1, id: 'own' }])).rejects.toMatchObject({
      code: 'InvalidSpec',
    });
    expect(await zone.enqueueAll([])).toEqual([]);
    expect(kernel.log.head.position).toBe(before);
  });

  it('does a command once under its id, from whichever side it comes', async () => {
    const { kernel, zone } = await served();
    const command = { kind: double, input: 1, id: 'once' };
    const first = await zone.enqueue(command);
    expect(await zone.enqueue(command)).toEqual({ ...first, existing: true });
    expect(await kernel.enqueue(command, kernel.operator)).toEqual({ ...first, existing: true });
    await expect(zone.enqueue({ ...command, input: 2 })).rejects.toMatchObject({ code: 'CommandMismatch' });
  });

  it('passes events on from any position, without gap or double', async () => {
    const { kernel, zone } = await served();
    await zone.enqueue({ kind: double, input: 1 });
    const [own, remote]: [RecordedEvent[], RecordedEvent[]] = [[], []];
    for await (const event of kernel.events({ from: 3 })) if (own.push(event) === 20) break;
    const more = zone.enqueue({ kind: double, input: 2 });
    for await (const event of zone.events({ from: 3 })) if (remote.push(event) === 20) break;
    await more;
    expect(remote).toEqual(own);
    const stop = new AbortController();
    for await (const { event } of zone.events({ from: 3, signal: stop.signal })) {
      if (event.type === 'job.succeeded') stop.abort();
    }
  });

  it('tells of progress, and lets a waiter go without touching the job', async () => {
    const { kernel, zone } = await served();
    const { job } = await zone.enqueue({ kind: wait, input: null });
    const seen: Progress[] = [];
    const forget = zone.onProgress(job, (progress) => seen.push(progress));
    await zone.health();
    const stop = new AbortController();
    const waited = zone.outcome(job, { signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(waited).rejects.toThrow('enough');
    expect((await kernel.read(({ jobs }) => jobs.get(job)))?.outcome).toBeUndefined();
    await zone.perform({ kind: 'job.cancel', input: { job } });
    expect(await zone.outcome(job)).toMatchObject({ status: 'cancelled' });
    forget();
    expect(seen.length).toBeLessThanOrEqual(1);
  });

  it('answers who waits when it stops, and leaves no file of the socket', async () => {
    const { data, kernel, zone } = await served();
    const { job } = await zone.enqueue({ kind: wait, input: null });
    const waited = zone.outcome(job).catch((error: unknown) => error);
    await zone.health();
    await kernel.stop();
    expect(await waited).toMatchObject({ code: 'KernelStopped' });
    expect((await readdir(data)).filter((name) => SOCKET_FILES.includes(name))).toEqual([]);
    await expect(zone.health()).rejects.toMatchObject({ code: 'Unreachable' });
    await expect(zone.perform({ kind: 'echo', id: 'x' })).rejects.toMatchObject({
      code: 'OutcomeUnknown',
      data: { id: 'x' },
    });
  });

  it('takes any options, and refuses what it cannot do by code', async () => {
    const { zone } = await served();
    const names = [
      'version',
      'name',
      'priority',
      'deadline',
      'timeoutMs',
      'retry',
      'claims',
      'affinity',
      'dedupKey',
    ];
    const more = [
      'notBefore',
      'dependsOn',
      'onDependencyFailure',
      'childPolicy',
      'workspace',
      'correlation',
      'id',
    ];
    const options = fc.dictionary(fc.constantFrom(...names, ...more), fc.jsonValue(), { maxKeys: 3 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('wait', 'var.set', 'job.cancel'),
        fc.jsonValue(),
        options,
        async (kind, input, given) => {
          const error: unknown = await zone.submit({ kind, input, ...given }).then(
            () => undefined,
            (reason: unknown) => reason,
          );
          if (error !== undefined)
            expect(error).toMatchObject({ code: expect.stringMatching(/^(?!Internal)/) });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keeps a reader that falls behind without gap, whatever happens meanwhile', async () => {
    const { kernel, zone } = await served();
    const padding = 'x'.repeat(2_000);
    const from = kernel.log.head.position;
    const slow = zone.events({ from })[Symbol.asyncIterator]();
    const first = (await (async () => {
      const asked = slow.next();
      await zone.perform({ kind: 'var.set', input: { name: 'n', value: padding } });
      return await asked;
    })()) as IteratorYieldResult<RecordedEvent>;
    // More than connection and server hold together.
    await Promise.all(
      Array.from({ length: 1_500 }, (_, at) =>
        kernel.perform({ kind: 'var.set', input: { name: `n${at}`, value: padding } }, kernel.operator),
      ),
    );
    const end = kernel.log.head.position;
    for (let at = first.value.position + 1; at < end; at++) {
      expect(((await slow.next()) as IteratorYieldResult<RecordedEvent>).value.position).toBe(at);
    }
    await slow.return?.();
  });

  it('needs a data folder', async () => {
    await expect(createKernel({ socket: true })).rejects.toMatchObject({ code: 'UnsupportedOperation' });
  });
});
