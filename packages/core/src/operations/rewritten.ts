import { KernelError, toStored } from '@tksm/abstractions';
import type { Decision, HandleId, JobId, RightUse, WorldRewritten } from '@tksm/abstractions';
import { checkFactName } from '../jobs/effects.ts';
import { ERASED_PREFIX } from '../sealing/erasures.ts';
import { storedPayload } from '../submit/job-spec.ts';
import { VAR_PREFIX } from '../vars/world-vars.ts';

/** What a package decided, and as what it was allowed. */
interface Decided {
  readonly rewrite?: Decision['rewrite'] | undefined;
  readonly by: HandleId;
  readonly fact: { readonly name: string; readonly data: unknown };
  /** In place of a right on each key. */
  readonly uses?: readonly RightUse[] | undefined;
  /** With `uses`: its keys begin with it and a `/`. */
  readonly family?: string;
  readonly job?: JobId;
}

/**
 * The event of a rewrite that a package decided.
 *
 * @throws KernelError `InvalidOperation` for a key that is not its own; `InvalidValue`, `PayloadTooLarge`, `InvalidInput`
 */
export function rewritten({ by, fact, rewrite = {}, uses, family, job }: Decided): WorldRewritten {
  const own = (key: string): string => ownKey(key, uses === undefined ? undefined : family);
  const puts = rewrite.puts?.map(([key, value]) => [own(key), storedPayload(value, key)] as const);
  const deletes = rewrite.deletes?.map(own);
  checkFactName(fact.name);
  return {
    ...{ type: 'world.rewritten', v: 1, by },
    fact: { name: fact.name, data: storedPayload(fact.data, 'the fact') },
    rewrite: { ...(puts && { puts }), ...(deletes && { deletes }) },
    ...(uses !== undefined && { uses }),
    ...(job !== undefined && { job }),
  };
}

function ownKey(key: string, family: string | undefined): string {
  if (typeof key !== 'string') throw new KernelError('InvalidValue', 'a key of the world is a text');
  toStored(key);
  if (family !== undefined && !key.startsWith(`${family}/`))
    throw notOwn(key, `does not begin with ${family}/, as the keys of its operations do`);
  if (key.startsWith(VAR_PREFIX)) throw notOwn(key, 'belongs to the VarStore; use var.apply');
  if (key.startsWith(ERASED_PREFIX)) throw notOwn(key, 'says who was erased; only subject.erase writes it');
  return key;
}

function notOwn(key: string, why: string): KernelError {
  return new KernelError('InvalidOperation', `${key} ${why}`, { data: { key } });
}
