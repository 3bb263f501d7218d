import { zoneId } from '@tksm/abstractions';
import type { CapabilityGrant } from '@tksm/abstractions';

export const ZONE = zoneId('0123456789abcdef0123456789abcdef');
export const OTHER_ZONE = zoneId('f'.repeat(32));

/** A grant that says everything that one can. */
export const FULL: CapabilityGrant = {
  rights: ['fs.read:/corp/**', 'kv.*:notes/*'],
  caveats: {
    expiresAt: 1_800_000_000_500,
    count: 5,
    rate: { limit: 10, periodMs: 60_000 },
    hosts: ['*.example.com', 'api.test'],
    within: '/corp',
    amount: '1000000000000000000000',
    kinds: ['http.get', 'shell'],
  },
  note: 'for "tests"\\ — ünïcode\n',
};
