export { createKernel } from './create-kernel.ts';
export type { EmbeddedOptions } from './create-kernel.ts';
export { isKernelError, KernelError } from '@tksm/abstractions';
export type { JobOutcome, Kernel, TaskContext } from '@tksm/abstractions';
export { allowAll, defineKind, defineOperation, ringPolicy, rulePolicy, setSchedule } from '@tksm/core';
export type { IsolatedDefinition } from '@tksm/extensions-isolates';
export { isolatedKind } from './isolated-kind.ts';
