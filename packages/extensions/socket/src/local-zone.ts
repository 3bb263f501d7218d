import type {
  CapabilityHandle,
  Command,
  JobView,
  Kernel,
  Readable,
  RecordedEvent,
  ZoneClient,
} from '@tksm/abstractions';

/**
 * The client of a kernel in this process, under one of its handles. What it reads is judged as what it does: before it looks,
 * and again before it answers after a wait, and before each event of a stream.
 */
export function localZone(kernel: Kernel, handle: CapabilityHandle): ZoneClient {
  const look = (what: Readable): void => {
    kernel.mayRead(what, handle);
  };
  return {
    zone: kernel.zone,
    submit: (command: Command) => kernel.submit(command, handle),
    enqueue: (command: Command) => kernel.enqueue(command, handle),
    perform: (command: Command) => kernel.perform(command, handle),
    enqueueAll: (commands, options) => kernel.enqueueAll(commands, handle, options),
    job: async (job) => {
      look({ job });
      return withoutContents(await kernel.read(({ jobs }) => jobs.get(job)));
    },
    outcome: async (job, options) => {
      look({ job });
      const outcome = await kernel.outcome(job, options);
      look({ job });
      return outcome;
    },
    events: (options) => {
      look('events');
      const events = kernel.events(options);
      return handle === kernel.operator ? events : judged(events, look);
    },
    onProgress: (job, listener) => {
      look({ job });
      const forget = kernel.onProgress((of, progress) => {
        if (of !== job) return;
        try {
          look({ job });
        } catch {
          forget();
          return;
        }
        listener(progress);
      });
      return forget;
    },
    health: async () => {
      look('health');
      return kernel.health();
    },
  };
}

async function* judged(
  events: AsyncIterable<RecordedEvent>,
  look: (what: 'events') => void,
): AsyncGenerator<RecordedEvent> {
  for await (const event of events) {
    look('events');
    yield event;
  }
}

/** Steps and messages may be as large as they are many. */
function withoutContents(job: JobView | undefined): JobView | undefined {
  if (job === undefined) return undefined;
  const { steps: _steps, inbox: _inbox, ...rest } = job;
  return rest;
}
