import type { CapabilityHandle, Kernel, ZoneClient } from '@tksm/abstractions';
import { localZone } from '../local-zone.ts';

/** What one client acts on. */
export interface ServedClient extends ZoneClient {
  /** Judges jobs of a batch that is not whole yet. @throws KernelError as `Kernel.maySubmit` */
  maySubmit(kind: string): void;
}

/** What a server lets its clients act on. */
export interface ServedZone {
  /** For those who come without a token: they are the same user. */
  readonly zone: ServedClient;
  /** For those who come with one: what that allows, and no more. @throws KernelError as `Kernel.accept` */
  accept(token: string): Promise<ServedClient>;
}

/** A kernel of this process: under the operator's handle, or that of a client's token. */
export function servedZone(kernel: Kernel): ServedZone {
  return {
    zone: clientOf(kernel, kernel.operator),
    accept: async (token) => clientOf(kernel, await kernel.accept(token)),
  };
}

function clientOf(kernel: Kernel, handle: CapabilityHandle): ServedClient {
  const maySubmit = (kind: string): void => {
    kernel.maySubmit(kind, handle);
  };
  return { ...localZone(kernel, handle), maySubmit };
}
