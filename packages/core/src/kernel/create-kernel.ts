import { noLogger, noMetrics } from '@tksm/abstractions';
import type { Kernel, Logger, Metrics } from '@tksm/abstractions';
import { KindRegistry } from '../kinds/registry.ts';
import { KERNEL_OPERATIONS } from '../operations/perform.ts';
import { PriorityPolicy } from '../scheduler/policies/priority.ts';
import type { KernelPorts, KernelSettings } from './ports.ts';
import { ZoneKernel } from './zone-kernel.ts';
import { KernelError } from '@tksm/abstractions';

/** Ports without those that have a harmless default. */
export type KernelOptions = KernelSettings &
  Omit<KernelPorts, 'logger' | 'metrics' | 'policy'> & {
    readonly logger?: Logger;
    readonly metrics?: Metrics;
    readonly policy?: KernelPorts['policy'];
  };

/**
 * Opens a zone over a log: replays it, claims it, boots it, and goes on with what an earlier incarnation left.
 *
 * @throws KernelError `BootFailed`, `LogDamaged`, `FormatTooNew`, `InvalidSpec` for a kind that cannot be registered
 */
export async function createKernel(options: KernelOptions): Promise<Kernel> {
  const { logger = noLogger, metrics = noMetrics, policy = () => new PriorityPolicy() } = options;
  const registry = new KindRegistry();
  for (const kind of options.kinds ?? []) {
    if (KERNEL_OPERATIONS.has(kind.name)) {
      throw new KernelError('InvalidSpec', `${kind.name} is an operation of the kernel's own`, {
        data: { kind: kind.name },
      });
    }
    registry.register(kind);
  }
  return await ZoneKernel.open({ ...options, logger, metrics, policy }, options, registry);
}
