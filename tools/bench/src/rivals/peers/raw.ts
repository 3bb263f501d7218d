import type { Peer } from '../peer.ts';

/** The disk, beside the peers: it has no jobs. */
export const raw: Peer = {
  tellsCompletion: false,
  client: noJobs,
  worker: noJobs,
};

async function noJobs(): Promise<never> {
  throw new Error('a raw file runs no jobs');
}
