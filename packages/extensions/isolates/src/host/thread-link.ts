import { MessageChannel, Worker } from 'node:worker_threads';
import { KernelError } from '@tksm/abstractions';
import { THREAD_ENTRY } from '../inside/entries.ts';
import type { ThreadPlan } from '../inside/thread-plan.ts';
import { Pulse, PULSE_BYTES } from '../wire/pulse.ts';
import { lookEveryMs, PulseWatch } from '../wire/pulse-watch.ts';
import { crashed, lost } from './isolate-end.ts';
import type { StartLink } from './isolate-link.ts';
import { Ticks } from './ticks.ts';

/** Starts a thread of this process. It shares its memory's fate: only a process can be lost alone. */
export const startThread: StartLink = (plan, listener) => {
  const { module, handler, stallMs, heapMb, env, timers } = plan;
  const shared = new SharedArrayBuffer(PULSE_BYTES);
  const pulse = new Pulse(shared);
  const { port1: port, port2 } = new MessageChannel();
  const workerData: ThreadPlan = { module, handler, stallMs, port: port2, pulse: shared };
  const worker = new Worker(THREAD_ENTRY, {
    ...{ workerData, env, transferList: [port2], execArgv: [] },
    ...(heapMb !== undefined && { resourceLimits: { maxOldGenerationSizeMb: heapMb } }),
  });
  const label = `thread ${worker.threadId}`;
  const ticks = new Ticks(timers, lookEveryMs(stallMs));
  let isOver = false;
  const end = (error: KernelError): void => {
    ticks.stop();
    if (isOver) return;
    isOver = true;
    listener.ended(error);
  };
  const gone = new Promise<void>((resolve) => {
    worker.once('exit', (code) => {
      port.close();
      end(crashed(label, `it ended its thread with ${code}`, false));
      resolve();
    });
  });
  worker.on('error', (error: unknown) => {
    const outOfMemory = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
    end(crashed(label, error instanceof Error ? error.message : String(error), outOfMemory));
  });
  port.on('message', listener.said);
  port.on('messageerror', listener.said);
  const hold = (held: boolean): void => {
    if (held) worker.ref();
    else worker.unref();
    if (held) port.ref();
    else port.unref();
  };
  return {
    label,
    gone,
    send: (message) => {
      port.postMessage(message);
      pulse.mail();
    },
    wake: () => {
      hold(true);
      const watch = new PulseWatch(pulse);
      ticks.start(() => {
        if (watch.look()) listener.stalled();
      });
    },
    rest: () => {
      ticks.stop();
      hold(false);
    },
    kill: () => {
      end(lost(label, 'it was ended'));
      void worker.terminate();
    },
  };
};
