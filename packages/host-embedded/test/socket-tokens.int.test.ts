import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KernelError } from '@tksm/abstractions';
import type { JobId, Kernel, RecordedEvent, TokenIssuer } from '@tksm/abstractions';
import { systemClock, systemRandom, systemTimers } from '@tksm/drivers-system';
import { createKernel, defineKind } from '@tksm/host-embedded';
import { connectZone } from '@tksm/extensions-socket';
import type { ZoneConnection } from '@tksm/extensions-socket';
import { describe, expect, it, onTestFinished } from 'vitest';

const double = defineKind<number, number>({ name: 'double', run: (n) => n * 2 });
const wait = defineKind<null, null>({
  name: 'wait',
  run: async (_input, { signal }) => {
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
    });
    signal.throwIfAborted();
    return null;
  },
});

const idOf = (token: string): string => createHash('sha512').update(token).digest('hex');
/** Believes any token that is rights with spaces between. */
const tokenIssuer: TokenIssuer = {
  mint: async ({ rights }) => rights.join(' '),
  verify: async (token, zone) => {
    if (!token.includes(':')) throw new KernelError('TokenInvalid', 'the text is not a token');
    const grant = { rights: token.split(' ') };
    return { zone, rootKey: 1, blocks: [{ grant, revocationId: idOf(token) }] };
  },
};

interface Place {
  readonly kernel: Kernel;
  enter(token?: string): Promise<ZoneConnection>;
}

async function served(): Promise<Place> {
  const dir = await mkdtemp(path.join(tmpdir(), 'tksm-tokens-'));
  const kernel = await createKernel({ data: dir, socket: true, kinds: [double, wait], tokenIssuer });
  const zones: ZoneConnection[] = [];
  onTestFinished(async () => {
    for (const zone of zones) zone.close();
    await kernel.stop();
    await rm(dir, { recursive: true });
  });
  const time = { clock: systemClock, timers: systemTimers };
  const enter = async (token?: string): Promise<ZoneConnection> => {
    const zone = await connectZone({ dir, time, random: systemRandom, token });
    zones.push(zone);
    return zone;
  };
  return { kernel, enter };
}

const DENIED = expect.objectContaining({ code: 'CapabilityDenied' });

describe('a client that came with a token', () => {
  it('does, and sees, what the token allows', async () => {
    const { kernel, enter } = await served();
    const zone = await enter('job.submit:double');
    const { job } = await zone.enqueue({ kind: double, input: 21 });
    expect(await zone.outcome(job)).toEqual({ status: 'succeeded', output: 42 });
    expect(await zone.job(job)).toMatchObject({ status: 'succeeded' });
    const foreign = (await kernel.enqueue({ kind: double, input: 1 }, kernel.operator)).job;
    await kernel.outcome(foreign);
    const nobody = '0'.repeat(32) as JobId;
    const looks = [
      () => zone.enqueue({ kind: wait, input: null }),
      () => zone.enqueueAll([{ kind: wait, input: null }]),
      () => zone.perform({ kind: 'var.get', input: { name: 'a' } }),
      () => zone.job(foreign),
      () => zone.job(nobody),
      () => zone.outcome(foreign),
      () => zone.health(),
      () => next(zone.events({ from: 0 })),
    ];
    for (const look of looks) await expect(look()).rejects.toEqual(DENIED);
    const reader = await enter('job.get:** event.read:zone health.get:zone');
    expect(await reader.job(foreign)).toMatchObject({ status: 'succeeded' });
    expect(await reader.job(nobody)).toBeUndefined();
    expect(await next(reader.events({ from: 0 }))).toMatchObject({ event: { type: 'zone.created' } });
    expect(await reader.health()).toMatchObject({ status: 'ok' });
    await expect(enter('nonsense')).rejects.toMatchObject({ code: 'TokenInvalid' });
  });

  it('is denied everything, what it waits for and listens to, too, once the token is revoked', async () => {
    const { kernel, enter } = await served();
    const token = 'job.submit:* event.read:zone';
    const zone = await enter(token);
    const { job } = await zone.enqueue({ kind: wait, input: null });
    const events = zone.events({ from: 0 })[Symbol.asyncIterator]();
    await events.next();
    const ends = Promise.allSettled([zone.outcome(job), rest(events)]);
    // The revocation comes once both have asked.
    await zone.job(job);
    const revoke = { kind: 'token.revoke', input: { id: idOf(token) } };
    await kernel.perform(revoke, kernel.operator);
    for (const end of await ends) expect(end).toMatchObject({ status: 'rejected', reason: DENIED });
    await expect(zone.enqueue({ kind: double, input: 1 })).rejects.toEqual(DENIED);
    await expect(zone.job(job)).rejects.toEqual(DENIED);
    expect(await kernel.outcome(job)).toMatchObject({
      status: 'failed',
      error: { code: 'CapabilityDenied' },
    });
    await expect(enter(token)).rejects.toMatchObject({ code: 'TokenRevoked' });
    expect(await (await enter()).health()).toMatchObject({ status: 'ok' });
  });
});

async function next(events: AsyncIterable<RecordedEvent>): Promise<RecordedEvent | undefined> {
  for await (const event of events) return event;
  return undefined;
}

async function rest(events: AsyncIterator<RecordedEvent>): Promise<void> {
  while ((await events.next()).done !== true);
}
