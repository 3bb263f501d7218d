import { randomBytes, randomInt } from 'node:crypto';
import { isKernelError, KernelError } from '@tksm/abstractions';
import type {
  AttemptInbox,
  AttemptJobs,
  AttemptLease,
  AttemptVars,
  BlobStore,
  Clock,
  Correlation,
  Logger,
  JobId,
  JobView,
  Message,
  Progress,
  Random,
  TaskContext,
  Value,
  Variable,
} from '@tksm/abstractions';
import { remoteBlobs } from './remote-blobs.ts';
import { remoteItems } from './remote-items.ts';
import type { RemoteRun } from './remote-run.ts';
import { Thinned } from './thinned.ts';

/** What is volatile is said at most this often; of several the last one counts. */
const VOLATILE_EVERY_MS = 50;

/** What a handler is given in an isolate: the context of its attempt, by way of messages. */
export function remoteContext(run: RemoteRun): TaskContext {
  const { start } = run;
  const view = start.view as unknown as JobView;
  const progress = new Thinned<Progress>(VOLATILE_EVERY_MS, (latest) => {
    run.tell('progress', [latest]);
  });
  const heartbeat = new Thinned<null>(VOLATILE_EVERY_MS, () => {
    run.tell('heartbeat', []);
  });
  return {
    job: view,
    attempt: start.attempt,
    signal: run.abort.signal,
    log: remoteLogger(run, {}),
    clock: remoteClock(start.now),
    random: chance,
    blobs: remoteBlobs(run) as BlobStore,
    get secrets() {
      return run.secrets;
    },
    vars: remoteVars(run),
    jobs: remoteJobs(run),
    lease: heldLease(start.epoch),
    heartbeat: () => {
      heartbeat.say(null);
    },
    progress: (latest) => {
      progress.say(latest);
    },
    step: (name, work) => run.call('step', [name], work) as never,
    sleep: async (...args) => {
      await run.call('sleep', args);
    },
    sleepUntil: async (...args) => {
      await run.call('sleepUntil', args);
    },
    waitFor: ((...args: unknown[]) => maybe(run.call('waitFor', args))) as TaskContext['waitFor'],
    inbox: {
      receive: ((...args: unknown[]) => maybe(run.call('inbox.receive', args))) as AttemptInbox['receive'],
      tryReceive: (...args) => maybe(run.call('inbox.tryReceive', args)) as Promise<Message | undefined>,
      send: (...args) => {
        run.tell('inbox.send', args);
      },
    },
    call: (driver, op, input = {}) => run.call('call', [driver, op, input]),
    submit: (command) => {
      const { kind, ...rest } = command;
      // A kind has a handler, which stays where it is.
      const name: unknown = typeof kind === 'object' ? kind.name : kind;
      return run.callNow('submit', [{ ...rest, kind: name }]) as JobId;
    },
    emit: (name, data) => {
      run.tell('emit', [name, data]);
    },
  };
}

/** What is not there is null on its way. */
async function maybe(answer: Promise<Value>): Promise<Value | undefined> {
  return (await answer) ?? undefined;
}

function remoteVars(run: RemoteRun): AttemptVars {
  return {
    get: (name) => maybe(run.call('vars.get', [name])) as Promise<Variable | undefined>,
    set: (name, value, options) => {
      run.tell('vars.set', [name, value, options]);
    },
    delete: (name) => {
      run.tell('vars.delete', [name]);
    },
  };
}

function remoteJobs(run: RemoteRun): AttemptJobs {
  return {
    get: (id) => maybe(run.call('jobs.get', [id])) as unknown as Promise<JobView | undefined>,
    children: (parent) => remoteItems<JobView>(run, 'jobs.children', [parent]),
  };
}

/** The lease is its isolate's, and who runs it is known. */
function heldLease(epoch: number): AttemptLease {
  const refuse = (): never => {
    throw new KernelError('UnsupportedOperation', 'an isolate cannot hand its lease on');
  };
  return { epoch, assign: refuse, reject: refuse, onEnd: refuse };
}

/** Time as the kernel told it at the start, and what has passed since. */
function remoteClock(startedAt: number): Clock {
  const began = performance.now();
  return {
    now: () => Math.floor(startedAt + performance.now() - began),
    monotonic: () => performance.now(),
  };
}

const chance: Random = {
  next: () => randomInt(2 ** 48 - 1) / (2 ** 48 - 1),
  id: () => randomBytes(16).toString('hex'),
};

function remoteLogger(run: RemoteRun, correlation: Correlation): Logger {
  return {
    log: (level, message, fields = {}) => {
      run.log(level, String(message), plain(fields), { ...correlation });
    },
    child: (more) => remoteLogger(run, { ...correlation, ...more }),
  };
}

/** Fields as they can be sent: logging never throws. */
function plain(fields: Readonly<Record<string, unknown>>): Value {
  try {
    return JSON.parse(
      JSON.stringify(fields, (_key, value: unknown) => {
        if (isKernelError(value)) return value.toJSON();
        if (value instanceof Error) return { name: value.name, message: value.message };
        return typeof value === 'bigint' ? String(value) : value;
      }),
    ) as Value;
  } catch {
    return { unloggable: Object.keys(fields).join(', ') };
  }
}
