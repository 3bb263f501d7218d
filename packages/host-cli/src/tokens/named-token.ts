import { isKernelError, KernelError } from '@tksm/abstractions';
import type { Instant } from '@tksm/abstractions';
import { openBiscuitIssuer } from '@tksm/drivers-biscuit';
import { openDiskRootKeys } from '@tksm/drivers-disk';
import { systemClock } from '@tksm/drivers-system';
import type { Invocation } from '../program/invocation.ts';
import { dataFolder } from '../zone/configuration.ts';
import { look } from '../zone/look.ts';
import type { Look } from '../zone/look.ts';
import { readToken } from './token-file.ts';

/** A token as those name it who end it. */
export interface NamedToken {
  readonly id: string;
  /** When it expires by itself; only where that is proved. */
  readonly expiresAt?: Instant;
}

const ID = /^[0-9a-f]{32,256}$/;
const BEGINNING = /^[0-9a-f]{8,31}$/;

/**
 * The token that a text names: its revocation id, the beginning of one that `token ls` shows, or its file.
 *
 * @throws KernelError `UsageError` when several begin so; `TokenInvalid` and others for a file of a token that is not one of here
 */
export async function namedToken(call: Invocation, text: string): Promise<NamedToken> {
  if (ID.test(text)) return { id: text };
  const dir = await dataFolder(call);
  const found = await look(dir);
  return BEGINNING.test(text) ? { id: beginningWith(found, text) } : await tokenIn(text, dir, found);
}

function beginningWith({ state }: Look, text: string): string {
  const ids = [...state.capabilities.list()].flatMap(({ token = '' }) =>
    token.startsWith(text) ? [token] : [],
  );
  const [id] = ids;
  if (id !== undefined && ids.length === 1) return id;
  const what = id === undefined ? 'no token that was accepted here begins' : 'several tokens begin';
  throw new KernelError('UsageError', `${what} with ${text}`, { next: 'give the revocation id in full' });
}

/** Its last block: those that were attenuated from it end with it. Its expiry is proved, as one that is too early would end the revocation. */
async function tokenIn(file: string, dir: string, { state }: Look): Promise<NamedToken> {
  const token = await readToken(file);
  const issuer = openBiscuitIssuer({ keys: openDiskRootKeys({ dir }) });
  try {
    const { blocks } = await issuer.verify(token, state.zone, systemClock.now());
    const expiries = blocks.flatMap(({ grant }) => grant.caveats?.expiresAt ?? []);
    const id = blocks.at(-1)?.revocationId ?? '';
    return { id, ...(expiries.length > 0 && { expiresAt: Math.min(...expiries) }) };
  } catch (error) {
    if (!isKernelError(error)) throw error;
    const next =
      error.code === 'TokenExpired'
        ? 'nothing: it is accepted no more'
        : 'revoke it by its id: tksm token inspect';
    throw new KernelError(error.code, error.message, { data: error.data, next });
  }
}
