import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { DriverCall, Permit } from '@tksm/abstractions';
import { isAmong, isPublicAddress } from './address.ts';
import { httpError } from './http-error.ts';
import { privateUseOf } from './target.ts';
import type { Target } from './target.ts';

/** Names a host's addresses, IPv4 or IPv6. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** What is known of the network that this machine is in. */
export interface Network {
  readonly resolve: Resolve;
  /** Addresses of this machine, which count as private. */
  readonly ownAddresses: () => readonly string[];
}

/** Most addresses of a name that are looked at; one with more is not called. */
const MAX_ADDRESSES = 64;

/** What the system says: its hosts file, then DNS; its interfaces, as they are at each call. */
export const systemNetwork: Network = Object.freeze({
  resolve: async (host: string) =>
    (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address),
  ownAddresses: () =>
    Object.values(networkInterfaces()).flatMap((addresses = []) => addresses.map(({ address }) => address)),
});

/**
 * The addresses behind a host: named once, judged, and from then on the only ones that are connected to, so that a name that
 * means something else a moment later leads nowhere. When one of them is not public, or this machine's own, all of them need
 * `http.private`.
 *
 * @throws KernelError `CapabilityDenied`, `LeaseLost`, `Unreachable`; the reason of the signal
 */
export async function judgedAddresses(
  target: Target,
  _permit: Permit,
  call: Pick<DriverCall, 'authorise' | 'signal'>,
  { resolve, ownAddresses }: Network,
): Promise<readonly string[]> {
  const literal = target.host.replace(/^\[|\]$/g, '');
  const addresses = isIP(literal) === 0 ? await resolved(target.host, call.signal, resolve) : [literal];
  const own = ownAddresses();
  const isPublic = (address: string): boolean => isPublicAddress(address) && !isAmong(address, own);
  if (!addresses.every(isPublic)) await call.authorise([privateUseOf(target)]);
  return addresses;
}

async function resolved(
  host: string,
  signal: DriverCall['signal'],
  resolve: Resolve,
): Promise<readonly string[]> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener('abort', abort, { once: true });
  try {
    const addresses = await Promise.race([resolve(host), aborted]);
    if (addresses.length > 0 && addresses.length <= MAX_ADDRESSES) return addresses;
    throw new Error(`has ${addresses.length} addresses`);
  } catch (error) {
    signal.throwIfAborted();
    throw httpError(error, host);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
