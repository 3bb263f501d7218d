import { isKernelError, KernelError, sealedRefOf } from '@tksm/abstractions';
import type { SealedRef, StoredObject, StoredValue, Vault } from '@tksm/abstractions';
import { unseal } from './seal.ts';
import { referencesIn, replaceReferences } from './tagged.ts';

/** Opens what is sealed, from a vault that may have lost it. */
export interface Opening {
  readonly vault: Vault | undefined;
  /** Whether the log says that a subject was erased. */
  isErased(subject: SealedRef['subject']): boolean;
  /** What stands for a value that was erased. Default: it is an error. */
  erased?(ref: SealedRef): StoredValue;
}

/**
 * A stored value with everything sealed in it opened.
 *
 * @throws KernelError `SubjectErased`, `VaultDamaged`, `NotRegistered` without a vault
 */
export async function openSealed(value: StoredValue, opening: Opening): Promise<StoredValue> {
  const opened = new Map<StoredObject, StoredValue>();
  for (const reference of referencesIn(value)) {
    const ref = sealedRefOf(reference);
    if (ref !== undefined) opened.set(reference, await openOne(ref, opening));
  }
  return opened.size === 0 ? value : replaceReferences(value, (reference) => opened.get(reference));
}

/** What became of a sealed value. */
export type SealedState = 'whole' | 'erased' | 'damaged';

/** Looks at a sealed value without giving it out. */
export async function examineSealed(ref: SealedRef, opening: Opening): Promise<SealedState> {
  const value = await read(ref, opening.vault).catch((error: unknown) => {
    if (!isKernelError(error, 'VaultDamaged')) throw error;
    return undefined;
  });
  if (value !== undefined) return 'whole';
  return (await isGone(ref, opening)) ? 'erased' : 'damaged';
}

async function openOne(ref: SealedRef, opening: Opening): Promise<StoredValue> {
  const value = await read(ref, opening.vault);
  if (value !== undefined) return value;
  const { subject, commitment } = ref;
  if (await isGone(ref, opening)) {
    if (opening.erased !== undefined) return opening.erased(ref);
    const message = `a value of subject ${subject} was erased`;
    throw new KernelError('SubjectErased', message, { data: { subject, commitment } });
  }
  throw new KernelError('VaultDamaged', `the sealed value ${commitment} is missing or damaged`, {
    data: { subject, commitment },
  });
}

async function read(
  { subject, commitment }: SealedRef,
  vault: Vault | undefined,
): Promise<StoredValue | undefined> {
  if (vault === undefined) throw new KernelError('NotRegistered', 'nothing here keeps sensitive values');
  const [key, body] = await Promise.all([vault.key(subject), vault.get(subject, commitment)]);
  return key === undefined || body === undefined ? undefined : unseal(key, subject, commitment, body);
}

/** An erasure that was begun counts, also before it is recorded. */
async function isGone({ subject }: SealedRef, { vault, isErased }: Opening): Promise<boolean> {
  return isErased(subject) || ((await vault?.erasing())?.includes(subject) ?? false);
}
