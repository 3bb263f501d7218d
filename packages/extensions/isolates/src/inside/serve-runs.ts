import { fromStored, KernelError } from '@tksm/abstractions';
import type { TaskContext, Value } from '@tksm/abstractions';
import { PROTOCOL } from '../wire/messages.ts';
import type { HostMessage } from '../wire/messages.ts';
import { Pulse } from '../wire/pulse.ts';
import { beatEveryMs } from '../wire/pulse-watch.ts';
import { sentError } from '../wire/sent-error.ts';
import { KernelSide } from './kernel-side.ts';
import { remoteContext } from './remote-context.ts';
import { endingOf, RemoteRun } from './remote-run.ts';
import type { HandlerPlace, ThreadPlan } from './thread-plan.ts';

type Handler = (input: Value, context: TaskContext) => unknown;
type Start = Extract<HostMessage, { readonly type: 'start' }>;

/**
 * Loads a handler and runs it, one job at a time, for as long as the thread lives. Beside a run the loop beats; without one
 * nothing wakes up.
 */
export async function serveRuns({ port, pulse: shared, ...place }: ThreadPlan): Promise<void> {
  const pulse = new Pulse(shared);
  const kernel = new KernelSide(port, pulse);
  let handler: Handler;
  try {
    handler = await loadHandler(place);
  } catch (error) {
    kernel.send({ type: 'hello', protocol: PROTOCOL, error: sentError(error) });
    return;
  }
  let current: RemoteRun | undefined;
  kernel.listen((message) => {
    if (message.type !== 'start') {
      current?.hear(message);
      return;
    }
    current = new RemoteRun(kernel, message);
    void run(current, message, handler, pulse, beatEveryMs(place.stallMs));
  });
  kernel.send({ type: 'hello', protocol: PROTOCOL });
}

async function run(
  remote: RemoteRun,
  { input }: Start,
  handler: Handler,
  pulse: Pulse,
  everyMs: number,
): Promise<void> {
  pulse.beat();
  const beating = setInterval(() => {
    pulse.beat();
  }, everyMs);
  const ending = await endingOf(() => handler(fromStored(input), remoteContext(remote)));
  clearInterval(beating);
  remote.end(ending);
}

/** @throws KernelError `WorkerUnusable` */
async function loadHandler({ module, handler }: HandlerPlace): Promise<Handler> {
  let loaded: Readonly<Record<string, unknown>>;
  try {
    loaded = (await import(module)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    const message = `${module} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new KernelError('WorkerUnusable', message, { data: { module } });
  }
  const found = loaded[handler];
  if (typeof found === 'function') return found as Handler;
  throw new KernelError('WorkerUnusable', `${module} exports no function ${handler}`, {
    data: { module, handler },
  });
}
