import type { CapabilityHandle, Command, JobView, Kernel, ZoneClient } from '@tksm/abstractions';

/** The client of a kernel in this process, under one of its handles. */
export function localZone(kernel: Kernel, handle: CapabilityHandle): ZoneClient {
  return {
    zone: kernel.zone,
    submit: (command: Command) => kernel.submit(command, handle),
    enqueue: (command: Command) => kernel.enqueue(command, handle),
    perform: (command: Command) => kernel.perform(command, handle),
    enqueueAll: (commands, options) => kernel.enqueueAll(commands, handle, options),
    job: async (id) => withoutContents(await kernel.read(({ jobs }) => jobs.get(id))),
    outcome: (job, options) => kernel.outcome(job, options),
    events: (options) => kernel.events(options),
    onProgress: (job, listener) =>
      kernel.onProgress((of, progress) => {
        if (of === job) listener(progress);
      }),
    health: async () => kernel.health(),
  };
}

/** Steps and messages may be as large as they are many. */
function withoutContents(job: JobView | undefined): JobView | undefined {
  if (job === undefined) return undefined;
  const { steps: _steps, inbox: _inbox, ...rest } = job;
  return rest;
}
