import type { EventSource, Kernel } from '@tksm/abstractions';

/** A live kernel as a source of events. */
export function kernelSource(kernel: Pick<Kernel, 'events' | 'log'>): EventSource {
  return {
    events: (options) => kernel.events(options),
    head: async () => kernel.log.head.position,
  };
}
