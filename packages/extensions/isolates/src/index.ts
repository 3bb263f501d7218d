export { moduleKind } from './module-kind.ts';
export type { ModuleInput } from './inside/run-module.ts';
export { ISOLATE_DEFAULTS, isolatedKind } from './isolated-kind.ts';
export type { IsolatedDefinition, IsolatePorts } from './isolated-kind.ts';
