export { deriveJobId, JobIds } from './jobs/derive-id.ts';
export { createKernel } from './kernel/create-kernel.ts';
export type { KernelOptions } from './kernel/create-kernel.ts';
export type { KernelPorts, KernelSettings } from './kernel/ports.ts';
export { defineKind, defineOperation } from './kinds/define-kind.ts';
export type { Definition } from './kinds/define-kind.ts';
export { readEvents } from './log/replay.ts';
export { PriorityPolicy } from './scheduler/priority-policy.ts';
export { replayState } from './state/replay-state.ts';
