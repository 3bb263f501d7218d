import { reachServer } from './reach-server.ts';
import type { ReachOptions } from './reach-server.ts';
import { RemoteZone } from './remote-zone.ts';
import type { ZoneConnection } from './remote-zone.ts';

/**
 * Connects to the process that serves a data folder.
 *
 * @throws KernelError `Unreachable` when nobody does, `CapabilityDenied` when it is another user's or an impostor,
 * `FormatTooNew` when the two have no version of the protocol in common; for a token, as `Kernel.accept`
 */
export async function connectZone(options: ReachOptions): Promise<ZoneConnection> {
  const reach = () => reachServer(options);
  return new RemoteZone(await reach(), { random: options.random, reach });
}
