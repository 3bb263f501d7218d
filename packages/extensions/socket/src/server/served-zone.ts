import type { Kernel, ZoneClient } from '@tksm/abstractions';
import { localZone } from '../local-zone.ts';

/** What a server lets its clients act on. */
export interface ServedZone {
  /** For those who come without a token: they are the same user. */
  readonly zone: ZoneClient;
  /** For those who come with one: what that allows, and no more. @throws KernelError as `Kernel.accept` */
  accept(token: string): Promise<ZoneClient>;
}

/** A kernel of this process: under the operator's handle, or that of a client's token. */
export function servedZone(kernel: Kernel): ServedZone {
  return {
    zone: localZone(kernel, kernel.operator),
    accept: async (token) => localZone(kernel, await kernel.accept(token)),
  };
}
