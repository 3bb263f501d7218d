import { isKernelError, KernelError, VALUE_TAGS } from '@tksm/abstractions';
import type { Hash, Random, SealedRef, StoredValue, Vault, WorldView } from '@tksm/abstractions';
import { isErased } from './erasures.ts';
import { openSealed } from './open-sealed.ts';
import type { Payload } from './payload.ts';
import { withValuesAt } from './places.ts';
import { KEY_BYTES, NONCE_BYTES, seal, subjectHash } from './seal.ts';

/** Seals what goes into the log and opens what comes out of it, over the zone's vault. */
export class Sealer {
  readonly #vault: Vault | undefined;
  readonly #random: Random;
  readonly #world: () => WorldView;
  #secret: Promise<Uint8Array> | undefined;

  constructor(vault: Vault | undefined, random: Random, world: () => WorldView) {
    this.#vault = vault;
    this.#random = random;
    this.#world = world;
  }

  /** How a subject is called in the log. @throws KernelError `NotRegistered` without a vault */
  async subjectOf(name: string): Promise<Hash> {
    const vault = this.#registered();
    this.#secret ??= vault.secret(this.#bytes(KEY_BYTES)).then(present);
    this.#secret.catch(() => (this.#secret = undefined));
    return subjectHash(await this.#secret, name);
  }

  /**
   * A payload as it may be logged: every part in the vault, durably, and a reference in its place. In the same `place`
   * the same payload has the same references each time. Without `keep` nothing is kept: only to compare.
   *
   * @throws KernelError `NotRegistered`, `ErasureUnderWay`, and what the vault fails with
   */
  async seal(
    { clear, parts }: Payload,
    {
      place = this.#random.id(),
      keep = true,
    }: { readonly place?: string | undefined; readonly keep?: boolean } = {},
  ): Promise<StoredValue> {
    const vault = this.#registered();
    const sealed = new Map<string, StoredValue>();
    for (const { path, owner, value } of parts) {
      const subject = 'hash' in owner ? owner.hash : await this.subjectOf(owner.name);
      const fresh = this.#bytes(KEY_BYTES);
      const key = (await vault.key(subject, keep ? fresh : undefined)) ?? fresh;
      const { commitment, body } = seal(key, subject, place + path, value, this.#bytes(NONCE_BYTES));
      if (keep) await vault.put(subject, commitment, body);
      sealed.set(path, referenceTo({ v: 1, subject, commitment }));
    }
    return withValuesAt(clear, sealed);
  }

  /** A value with everything sealed in it opened. @throws KernelError `SubjectErased`, `VaultDamaged` */
  open(value: StoredValue): Promise<StoredValue> {
    return openSealed(value, { vault: this.#vault, isErased: (subject) => this.#isErased(subject) });
  }

  /** As `open`; what was erased keeps its reference. */
  openRest(value: StoredValue): Promise<StoredValue> {
    const isErasedSubject = (subject: Hash): boolean => this.#isErased(subject);
    return openSealed(value, { vault: this.#vault, isErased: isErasedSubject, erased: referenceTo });
  }

  /** Destroys all that is kept of a subject. @throws KernelError `SubjectUnknown` when nothing ever was */
  async erase(subject: Hash): Promise<void> {
    const vault = this.#registered();
    const isKnown = (await hasKey(vault, subject)) || (await vault.erasing()).includes(subject);
    if (!isKnown && !this.#isErased(subject)) {
      throw new KernelError('SubjectUnknown', 'nothing is kept of this subject', { data: { subject } });
    }
    await vault.erase(subject);
  }

  /** The erasure of a subject is in the log, durably. */
  async settleErasure(subject: Hash): Promise<void> {
    await this.#registered().settle(subject);
  }

  #isErased(subject: Hash): boolean {
    return isErased(this.#world(), subject);
  }

  #registered(): Vault {
    if (this.#vault !== undefined) return this.#vault;
    throw new KernelError('NotRegistered', 'nothing here keeps sensitive values', {
      next: 'compose a vault: the drivers disk and memory have one',
    });
  }

  #bytes(count: number): Uint8Array {
    let hex = '';
    while (hex.length < count * 2) hex += this.#random.id();
    return Buffer.from(hex.slice(0, count * 2), 'hex');
  }
}

/** A damaged key is one to erase, too. */
async function hasKey(vault: Vault, subject: Hash): Promise<boolean> {
  try {
    return (await vault.key(subject)) !== undefined;
  } catch (error) {
    if (isKernelError(error, 'VaultDamaged')) return true;
    throw error;
  }
}

function referenceTo(ref: SealedRef): StoredValue {
  return { [VALUE_TAGS.sealed]: { ...ref } };
}

function present(bytes: Uint8Array | undefined): Uint8Array {
  if (bytes !== undefined) return bytes;
  throw new KernelError('Internal', 'a vault kept no fresh key');
}
