import { TOKENS } from '@tksm/abstractions';
import type { Registrar } from '@tksm/abstractions';
import { createKernel } from './kernel/create-kernel.ts';
import type { KernelSettings } from './kernel/ports.ts';

/** Registers the kernel; it opens when `TOKENS.kernel` is first asked for. */
export function composeCore(
  registrar: Registrar,
  settings: Omit<KernelSettings, 'kinds' | 'drivers' | 'bootTasks' | 'policies'> = {},
): void {
  registrar.singleton(TOKENS.kernel, (resolver) =>
    createKernel({
      ...settings,
      log: resolver.get(TOKENS.log),
      blobs: resolver.get(TOKENS.blobs),
      clock: resolver.get(TOKENS.clock),
      timers: resolver.get(TOKENS.timers),
      random: resolver.get(TOKENS.random),
      kinds: resolver.all(TOKENS.kinds),
      drivers: resolver.all(TOKENS.drivers),
      policies: resolver.all(TOKENS.policies),
      bootTasks: resolver.all(TOKENS.bootTasks),
      ...(resolver.has(TOKENS.trustPolicy) && { trustPolicy: resolver.get(TOKENS.trustPolicy) }),
      ...(resolver.has(TOKENS.jobIndex) && { jobIndex: resolver.get(TOKENS.jobIndex) }),
      ...(resolver.has(TOKENS.logger) && { logger: resolver.get(TOKENS.logger) }),
      ...(resolver.has(TOKENS.metrics) && { metrics: resolver.get(TOKENS.metrics) }),
      ...(resolver.has(TOKENS.snapshots) && { snapshots: resolver.get(TOKENS.snapshots) }),
      ...(resolver.has(TOKENS.snapshotMaker) && { snapshotMaker: resolver.get(TOKENS.snapshotMaker) }),
      ...(resolver.has(TOKENS.vault) && { vault: resolver.get(TOKENS.vault) }),
      ...(resolver.has(TOKENS.secrets) && { secrets: resolver.get(TOKENS.secrets) }),
      ...(resolver.has(TOKENS.redactor) && { redactor: resolver.get(TOKENS.redactor) }),
      ...(resolver.has(TOKENS.tokenIssuer) && { tokenIssuer: resolver.get(TOKENS.tokenIssuer) }),
      ...(resolver.has(TOKENS.loopWatch) && { loopWatch: resolver.get(TOKENS.loopWatch) }),
    }),
  );
}
