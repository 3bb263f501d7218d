import type { Invocation } from '../program/invocation.ts';
import { DECIDE_ONLY } from '../zone/with-kernel.ts';
import { withZone } from '../zone/with-zone.ts';
import type { HealthReport } from './health-report.ts';

/** What the zone says of its health to who holds a token with `health.get:zone`. Nothing is looked at beside it. */
export async function healthUnderToken(call: Invocation): Promise<HealthReport> {
  const { checks = [] } = (await withZone(call, ({ zone }) => zone.health(), DECIDE_ONLY)) ?? {};
  return { checks, facts: {} };
}
