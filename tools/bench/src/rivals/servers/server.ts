import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const START_MS = 20_000;
const STOP_MS = 10_000;
const LOOK_MS = 50;

/** A server of a rival: ours alone, on a port of its own. */
export interface Server {
  readonly port: number;
  readonly pid: number;
  readonly version: string;
  stop(): Promise<void>;
  /** At once, and without a word when it has ended. */
  readonly kill: () => void;
}

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** Takes what it prints. */
  readonly logFile: string;
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly stopSignal: NodeJS.Signals;
}

/** Starts a program and waits until it takes connections. @throws Error when it ends, or takes too long */
export async function startProgram(program: Program, port: number): Promise<Omit<Server, 'version'>> {
  const log = openSync(program.logFile, 'a');
  const child = spawn(program.command, program.args, {
    stdio: ['ignore', log, log],
    // Ctrl+C is for us: we stop it when the sample that uses it has ended.
    detached: true,
    ...program.user,
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program.command} does not start`);
  const endsAt = performance.now() + START_MS;
  while (!(await takesConnections(port))) {
    if (child.exitCode !== null || performance.now() > endsAt) {
      child.kill('SIGKILL');
      throw new Error(`${program.command} does not serve: see ${program.logFile}`);
    }
    await sleep(LOOK_MS);
  }
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(program.stopSignal);
    const killing = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(killing);
  };
  return { port, pid, stop, kill: () => child.kill('SIGKILL') };
}

/** A port of the loopback that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
