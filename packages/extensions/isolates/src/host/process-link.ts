import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { KernelError } from '@tksm/abstractions';
import { PROCESS_ENTRY } from '../inside/entries.ts';
import type { ProcessNotice, ProcessPlan } from '../inside/thread-plan.ts';
import { LineReader } from '../wire/line-reader.ts';
import { MAX_MESSAGE_LENGTH } from '../wire/messages.ts';
import { misbehaved } from '../wire/read-message.ts';
import { crashed, lost } from './isolate-end.ts';
import type { IsolateLink, IsolatePlan, LinkListener, StartLink } from './isolate-link.ts';
import { readOutput } from './output-lines.ts';
import { Ticks } from './ticks.ts';

/** Beats within a lease. */
const BEATS = 5;
/** Longest line of a process, in bytes: a unit of a message has at most three. */
const MAX_LINE_BYTES = 3 * MAX_MESSAGE_LENGTH;

/** Starts a process, in a group of its own: a key that interrupts this process' terminal does not end it. */
export const startProcess: StartLink = (plan, listener) => new ProcessLink(plan, listener);

/**
 * A process isolate, seen from its kernel. Guarantees: `ended` is told once, whatever happens first; a process that is not
 * heard for its lease is killed; all of its group goes with it, however it ended, and `gone` settles when it has been waited for.
 */
class ProcessLink implements IsolateLink {
  readonly label: string;
  readonly gone: Promise<void>;
  readonly #listener: LinkListener;
  readonly #child: ChildProcess;
  readonly #messages: Socket;
  readonly #notices: Socket;
  readonly #ticks: Ticks;
  #heard = true;
  #silent = 0;
  #over = false;

  constructor(
    { module, handler, stallMs, leaseMs, heapMb, env, timers }: IsolatePlan,
    listener: LinkListener,
  ) {
    this.#listener = listener;
    const beatMs = Math.max(10, Math.floor(leaseMs / BEATS));
    const plan: ProcessPlan = { module, handler, stallMs, beatMs, ...(heapMb !== undefined && { heapMb }) };
    const child = spawn(process.execPath, [fileURLToPath(PROCESS_ENTRY), JSON.stringify(plan)], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
      ...{ env, detached: true },
    });
    this.#child = child;
    this.label = `process ${child.pid ?? 'without a number'}`;
    this.#ticks = new Ticks(timers, beatMs);
    const [, stdout, stderr, messages, notices] = child.stdio as unknown as Socket[];
    if (!stdout || !stderr || !messages || !notices) throw new KernelError('ProcessNotStarted', 'no pipes');
    this.#messages = messages;
    this.#notices = notices;
    this.#read(messages, (line) => listener.said(line));
    this.#read(notices, (line) => this.#noticed(line));
    readOutput(stdout, (line) => listener.wrote('stdout', line));
    readOutput(stderr, (line) => listener.wrote('stderr', line));
    this.gone = new Promise((resolve) => {
      child.once('error', (cause) => {
        this.#end(
          new KernelError('ProcessNotStarted', `no process for an isolate: ${cause.message}`, { cause }),
        );
        resolve();
      });
      child.once('exit', (code, signal) => {
        this.#killGroup();
        this.#end(lost(this.label, signal === null ? `it exited with ${code}` : `it was ended by ${signal}`));
        for (const socket of [messages, notices]) socket.destroy();
        resolve();
      });
    });
  }

  send(message: string): void {
    this.#messages.write(`${message}\n`);
  }

  wake(): void {
    this.#hold(true);
    this.#notices.write('run\n');
    this.#heard = true;
    this.#silent = 0;
    this.#ticks.start(() => {
      this.#look();
    });
  }

  rest(): void {
    this.#ticks.stop();
    if (!this.#over) this.#notices.write('rest\n');
    this.#hold(false);
  }

  kill(): void {
    this.#end(lost(this.label, 'it was ended'));
    const { exitCode, signalCode } = this.#child;
    if (exitCode === null && signalCode === null) this.#killGroup();
  }

  /** What the handler started goes with it, also when the process was ended by somebody else. */
  #killGroup(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      this.#child.kill('SIGKILL');
    }
  }

  /** It counts looks, not time: what held this process up held up the beats as well. */
  #look(): void {
    this.#silent = this.#heard ? 0 : this.#silent + 1;
    this.#heard = false;
    if (this.#silent <= BEATS) return;
    this.#end(lost(this.label, 'it was not heard for the time of its lease'));
    this.kill();
  }

  #read(socket: Socket, tell: (line: string) => void): void {
    const lines = new LineReader(MAX_LINE_BYTES);
    socket.on('error', () => undefined);
    socket.on('data', (piece: Buffer) => {
      this.#heard = true;
      try {
        for (const line of lines.push(piece)) if (!this.#over) tell(line);
      } catch (error) {
        this.#end(error as KernelError);
        this.kill();
      }
    });
  }

  #noticed(line: string): void {
    const notice = noticeIn(line);
    if (notice === undefined) {
      this.#end(misbehaved('said something on the channel of its process'));
      this.kill();
    } else if (notice.type === 'stalled') {
      this.#listener.stalled();
    } else if (notice.type === 'crashed') {
      this.#end(crashed(this.label, notice.message, notice.outOfMemory));
    }
  }

  #end(error: KernelError): void {
    this.#ticks.stop();
    if (this.#over) return;
    this.#over = true;
    this.#listener.ended(error);
  }

  #hold(held: boolean): void {
    const streams = this.#child.stdio as unknown as (Socket | null)[];
    for (const handle of [this.#child, ...streams]) {
      if (held) handle?.ref();
      else handle?.unref();
    }
  }
}

function noticeIn(line: string): ProcessNotice | undefined {
  try {
    const notice = JSON.parse(line) as ProcessNotice;
    return ['beat', 'stalled', 'crashed'].includes(notice.type) ? notice : undefined;
  } catch {
    return undefined;
  }
}
