export { expectNotSubmitted, expectSubmitted } from './expect-submitted.ts';
export type { ExpectedJob } from './expect-submitted.ts';
export { logOf, replayHistory } from './history.ts';
export type { SavedFrame, SavedHistory } from './history.ts';
export { spend } from './spend.ts';
export { testKernel } from './test-kernel.ts';
export type { RestartOptions, TestKernel, TestKernelOptions } from './test-kernel.ts';
