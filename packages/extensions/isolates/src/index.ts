export { ISOLATE_DEFAULTS, isolatedKind } from './isolated-kind.ts';
export type { IsolatedDefinition, IsolatePorts } from './isolated-kind.ts';
