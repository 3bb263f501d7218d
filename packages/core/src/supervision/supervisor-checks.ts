import type { HealthCheck, SupervisorRecord } from '@tksm/abstractions';

/** Says which supervisors gave up; nothing where there are none at all. */
export function supervisorChecks(supervisors: Iterable<SupervisorRecord>): readonly HealthCheck[] {
  const all = [...supervisors];
  if (all.length === 0) return [];
  const [first, ...rest] = all.filter(({ ended }) => ended !== undefined);
  if (first === undefined) return [{ name: 'supervisors', status: 'ok', detail: `${all.length} at work` }];
  const others = rest.length === 0 ? '' : `, and ${rest.length} more`;
  const detail = `${first.id} gave up${others}: children were restarted too often`;
  return [{ name: 'supervisors', status: 'degraded', detail }];
}
