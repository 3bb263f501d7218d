import type { KernelOperation } from './operation.ts';

export const health: KernelOperation = {
  name: 'health',
  asks: () => [{ action: 'health.get', resource: 'zone' }],
  reads: true,
  summary: 'Computes the health of the zone',
  perform(_input, scope) {
    const { status, checks } = scope.health();
    return { output: { status, checks: checks.map((check) => ({ ...check })) }, events: [] };
  },
};
