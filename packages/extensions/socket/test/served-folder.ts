import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jobId, noLogger, zoneId } from '@tksm/abstractions';
import type { RecordedEvent, TaskReceipt } from '@tksm/abstractions';
import { seededRandom, VirtualClock } from '@tksm/drivers-memory';
import type { TestContext } from 'vitest';
import { greetServer } from '../src/client/greet-server.ts';
import { serveZone } from '../src/server/serve-zone.ts';
import type { ServedClient, ServedZone } from '../src/server/served-zone.ts';
import type { ZoneServer } from '../src/server/serve-zone.ts';
import { Channel } from '../src/wire/channel.ts';

export const JOB = jobId('0'.repeat(31) + '1');
export const RECEIPT: TaskReceipt = { class: 'task', job: JOB, existing: false, position: 7 };

/** A zone that answers without a kernel. */
export function stubZone(parts: Partial<ServedClient> = {}): ServedClient {
  const never = (): Promise<never> => new Promise(() => undefined);
  return {
    zone: zoneId('a'.repeat(32)),
    submit: async () => RECEIPT,
    enqueue: async () => RECEIPT,
    perform: async () => ({ class: 'operation', output: null, position: 0 }),
    enqueueAll: async (commands) => commands.map(() => RECEIPT),
    job: async () => undefined,
    outcome: never,
    events: async function* (): AsyncGenerator<RecordedEvent> {
      await never();
    },
    onProgress: () => () => undefined,
    maySubmit: () => undefined,
    health: async () => ({ status: 'ok', checks: [] }),
    ...parts,
  };
}

/** A folder with a served zone, under virtual time. */
export interface Served {
  readonly dir: string;
  readonly clock: VirtualClock;
  readonly server: ZoneServer;
  /** A bare connection. */
  dial(): Promise<Socket>;
  /** A connection that has proved itself. */
  enter(): Promise<{
    readonly socket: Socket;
    readonly channel: Channel;
    readonly messages: AsyncGenerator<unknown>;
  }>;
  secret(): Promise<string>;
}

export async function served(
  onTestFinished: TestContext['onTestFinished'],
  zone: ServedClient = stubZone(),
  accept: ServedZone['accept'] = () => Promise.resolve(zone),
): Promise<Served> {
  const dir = await mkdtemp(path.join(tmpdir(), 'tksm-socket-'));
  const clock = new VirtualClock();
  const time = { clock, timers: clock };
  const server = await serveZone({
    dir,
    zone,
    accept,
    time,
    random: seededRandom('server'),
    logger: noLogger,
  });
  const sockets = new Set<Socket>();
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await server.close();
    await rm(dir, { recursive: true });
  });
  const dial = (): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const socket = connect(path.join(dir, 'tksm.sock'));
      sockets.add(socket);
      socket.on('error', reject);
      socket.once('connect', () => {
        resolve(socket);
      });
    });
  const secret = (): Promise<string> => readFile(path.join(dir, 'tksm.secret'), 'utf8');
  return {
    ...{ dir, clock, server, dial, secret },
    enter: async () => {
      const socket = await dial();
      const channel = new Channel(socket, time);
      const messages = channel.messages();
      await greetServer(channel, messages, { secret: await secret(), random: seededRandom('client') });
      return { socket, channel, messages };
    },
  };
}

/** Resolves when the other side has closed. */
export function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.resume();
    if (socket.destroyed) resolve();
    else socket.once('close', () => resolve());
  });
}
