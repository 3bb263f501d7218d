import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { isKernelError, KernelError } from '@tksm/abstractions';
import type { Random, ZoneId } from '@tksm/abstractions';
import { readSecret } from '../folder/secret-file.ts';
import { nearFolder } from '../folder/short-path.ts';
import { SOCKET_FILE } from '../folder/socket-files.ts';
import { SOCKET_LIMITS } from '../limits.ts';
import { Channel } from '../wire/channel.ts';
import type { Time } from '../wire/channel.ts';
import { greetServer } from './greet-server.ts';

export interface ReachOptions {
  readonly dir: string;
  readonly time: Time;
  readonly random: Random;
  /** A capability token, as text: everything is done under it. Absent: as the user of the folder. */
  readonly token?: string | undefined;
}

/** A connection whose both ends have proved themselves. */
export interface Reached {
  readonly zone: ZoneId;
  readonly channel: Channel;
  readonly messages: AsyncGenerator<unknown>;
}

/** @throws KernelError `Unreachable`, `CapabilityDenied`, `FormatTooNew`; for a token, as `Kernel.accept` */
export async function reachServer({ dir, time, random, token }: ReachOptions): Promise<Reached> {
  const secret = await readSecret(dir);
  const channel = new Channel(await open(dir), time);
  const messages = channel.messages();
  const deadline = time.timers.after(SOCKET_LIMITS.greetingMs, () => {
    channel.destroy(new KernelError('Unreachable', 'what listens on the socket does not answer'));
  });
  try {
    return { zone: await greetServer(channel, messages, { secret, random, token }), channel, messages };
  } catch (cause) {
    channel.destroy();
    throw isKernelError(cause) ? cause : new KernelError('Unreachable', 'the connection broke', { cause });
  } finally {
    deadline.cancel();
  }
}

async function open(dir: string): Promise<Socket> {
  const near = await nearFolder(dir, SOCKET_FILE.length);
  try {
    return await new Promise<Socket>((resolve, reject) => {
      const socket = connect(near.path(SOCKET_FILE));
      socket.once('error', (cause: NodeJS.ErrnoException) => {
        const isDenied = cause.code === 'EACCES' || cause.code === 'EPERM';
        const what = isDenied ? 'this user may not use its socket' : 'nobody answers on its socket';
        reject(new KernelError(isDenied ? 'CapabilityDenied' : 'Unreachable', `${dir}: ${what}`, { cause }));
      });
      socket.once('connect', () => {
        resolve(socket);
      });
    });
  } finally {
    await near.close();
  }
}
