import { noLogger, noMetrics } from '@tksm/abstractions';
import type { AnyKind, Kernel, Logger, Metrics } from '@tksm/abstractions';
import { callKind } from '../drivers/call-kind.ts';
import { DriverRegistry } from '../drivers/driver-registry.ts';
import { KindRegistry } from '../kinds/registry.ts';
import { KERNEL_OPERATIONS } from '../operations/perform.ts';
import { checkPolicies } from '../scheduler/dispatcher-over.ts';
import type { KernelPorts, KernelSettings } from './ports.ts';
import { ZoneKernel } from './zone-kernel.ts';
import { KernelError } from '@tksm/abstractions';

/** Ports without those that have a harmless default. */
export type KernelOptions = KernelSettings &
  Omit<KernelPorts, 'logger' | 'metrics'> & {
    readonly logger?: Logger;
    readonly metrics?: Metrics;
  };

/**
 * Opens a zone over a log: replays it, claims it, boots it, and goes on with what an earlier incarnation left.
 *
 * @throws KernelError `BootFailed`, `LogDamaged`, `FormatTooNew`, `InvalidSpec` for a kind that cannot be registered
 */
export async function createKernel(options: KernelOptions): Promise<Kernel> {
  const { logger = noLogger, metrics = noMetrics } = options;
  checkPolicies(options.policies ?? []);
  const registry = new KindRegistry();
  const drivers = new DriverRegistry(options.drivers ?? []);
  if (drivers.size > 0) registry.register(callKind(drivers) as unknown as AnyKind);
  for (const kind of options.kinds ?? []) {
    if (KERNEL_OPERATIONS.has(kind.name)) {
      throw new KernelError('InvalidSpec', `${kind.name} is an operation of the kernel's own`, {
        data: { kind: kind.name },
      });
    }
    registry.register(kind);
  }
  return await ZoneKernel.open({ ...options, logger, metrics }, options, { registry, drivers });
}
