import { fromStored } from '@tksm/abstractions';
import { PROTOCOL } from '../wire/messages.ts';
import type { HostMessage } from '../wire/messages.ts';
import { Pulse } from '../wire/pulse.ts';
import { beatEveryMs } from '../wire/pulse-watch.ts';
import { sentError } from '../wire/sent-error.ts';
import { captureOutput } from './capture-output.ts';
import { KernelSide } from './kernel-side.ts';
import { loadHandler } from './load-handler.ts';
import type { Handler } from './load-handler.ts';
import { remoteContext } from './remote-context.ts';
import { endingOf, RemoteRun } from './remote-run.ts';
import type { ThreadPlan } from './thread-plan.ts';

type Start = Extract<HostMessage, { readonly type: 'start' }>;

/**
 * Loads a handler and runs it, one job at a time, for as long as the thread lives. Beside a run the loop beats; without one
 * nothing wakes up.
 */
export async function serveRuns({ port, pulse: shared, ...place }: ThreadPlan): Promise<void> {
  const pulse = new Pulse(shared);
  const kernel = new KernelSide(port, pulse);
  let current: RemoteRun | undefined;
  captureOutput((level, line) => current?.log(level, line));
  let handler: Handler;
  try {
    handler = await loadHandler(place);
  } catch (error) {
    kernel.send({ type: 'hello', protocol: PROTOCOL, error: sentError(error) });
    return;
  }
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
