import { noLogger } from '@tksm/abstractions';
import type { StateSource } from '@tksm/core';
import { openDiskSnapshots } from '@tksm/drivers-disk';
import type { Proving } from './proving.ts';

/** Where the state of a folder comes from. */
export function stateSource({ dir, log }: Proving): StateSource {
  return { log, store: openDiskSnapshots({ dir }), logger: noLogger };
}
