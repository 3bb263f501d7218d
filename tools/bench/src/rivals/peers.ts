import type { Peer } from './peer.ts';
import { bullMq } from './peers/bullmq.ts';
import { graphile } from './peers/graphile.ts';
import { pgBoss } from './peers/pg-boss.ts';
import { plainJob } from './peers/plainjob.ts';
import { raw } from './peers/raw.ts';
import { tksm } from './peers/tksm.ts';
import type { ServerName } from './servers/endpoints.ts';

interface Entry {
  readonly peer: Peer;
  readonly server?: ServerName;
  /** The package whose version is shown. */
  readonly package?: string;
}

export const PEERS = {
  raw: { peer: raw },
  tksm: { peer: tksm },
  'bullmq-always': { peer: bullMq('always'), server: 'redis-always', package: 'bullmq' },
  'bullmq-everysec': { peer: bullMq('everysec'), server: 'redis-everysec', package: 'bullmq' },
  graphile: { peer: graphile({ batched: false }), server: 'postgres', package: 'graphile-worker' },
  'graphile-batched': { peer: graphile({ batched: true }), server: 'postgres', package: 'graphile-worker' },
  'pg-boss-batched': { peer: pgBoss, server: 'postgres', package: 'pg-boss' },
  'plainjob-full': { peer: plainJob, package: 'plainjob' },
} as const satisfies Record<string, Entry>;
export type PeerName = keyof typeof PEERS;

export function entryOf(name: PeerName): Entry {
  return PEERS[name];
}

export function isPeerName(name: string): name is PeerName {
  return Object.hasOwn(PEERS, name);
}
