// Guarantees: the socket is in the folder only while this process holds it, if it is served and closed under the folder's
// lock; one client can neither stop the others nor hold the kernel up.

import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import type { Logger, Random } from '@tksm/abstractions';
import { placeSocket } from '../folder/place-socket.ts';
import { SOCKET_LIMITS } from '../limits.ts';
import { Channel } from '../wire/channel.ts';
import type { Time } from '../wire/channel.ts';
import { BatchRoom } from './open-batch.ts';
import { ServedConnection } from './served-connection.ts';
import type { ServedZone } from './served-zone.ts';

export interface ServeOptions extends ServedZone {
  /** The data folder, whose lock this process holds. */
  readonly dir: string;
  readonly time: Time;
  readonly random: Random;
  readonly logger: Logger;
}

export interface ZoneServer {
  /** Takes the socket away, sends the answers that are ready, and closes all connections. Idempotent. */
  close(): Promise<void>;
}

/**
 * Serves a zone to other processes of this user, on a socket in its data folder. Does not keep the process alive.
 *
 * @throws what the file system refuses a socket with: not every one takes them
 */
export async function serveZone(options: ServeOptions): Promise<ZoneServer> {
  const { dir, time, random, logger } = options;
  const secret = random.id() + random.id();
  const room = new BatchRoom();
  const connections = new Set<ServedConnection>();
  const serve = async (socket: Socket): Promise<void> => {
    const channel = new Channel(socket, time);
    const parts = { channel, served: options, secret, time, random, logger, room };
    const connection = new ServedConnection(parts);
    connections.add(connection);
    await connection.run();
    connections.delete(connection);
  };
  const server = createServer((socket) => void serve(socket));
  server.maxConnections = SOCKET_LIMITS.maxConnections;
  const takeAway = await placeSocket(dir, server, secret);
  server.on('error', (error) => {
    logger.log('warn', 'the socket refused a connection', { why: error.message });
  });
  server.unref();
  const close = async (): Promise<void> => {
    server.close();
    await takeAway();
    await Promise.all([...connections].map((connection) => connection.end()));
  };
  let closing: Promise<void> | undefined;
  return { close: () => (closing ??= close()) };
}
