import { KernelError, secretRefOf, sealedRefOf, VALUE_TAGS } from '@tksm/abstractions';
import type { Hash, Redactor, SealedRef, SecretSource, StoredObject, StoredValue } from '@tksm/abstractions';
import { outputAt } from '../kinds/output-refs.ts';
import type { OutcomeOf } from '../kinds/output-refs.ts';
import type { Sealer } from '../sealing/sealer.ts';
import type { Shown } from '../sealing/giver.ts';
import type { Part } from '../sealing/part.ts';
import { pointerOf } from '../sealing/places.ts';
import { isReference, referencesIn, replaceReferences } from '../sealing/tagged.ts';

/** Where what an attempt is shown comes from. */
export interface DisclosureSources {
  readonly sealer: Sealer;
  readonly secrets?: SecretSource | undefined;
  readonly redactor?: Redactor | undefined;
  readonly outcomeOf: OutcomeOf;
  /** @throws KernelError `CapabilityDenied` for a secret that is not for this job */
  readonly mayUse: (secret: string) => void;
}

/** Shorter texts are no secrets: masking them would leave nothing readable. */
const MIN_MASKED = 4;
const MASK = '***';

/**
 * What one attempt was shown of what the log hides: sealed values, secrets. Guarantees: a text that came from one is not in
 * what `mask` gives back.
 */
export class Disclosure implements Shown {
  /** The secrets, in the order in which they were resolved. */
  readonly secrets: string[] = [];
  readonly #secretNames = new Map<string, string>();
  readonly #sources: DisclosureSources;
  /** Sealed texts that were opened or sealed here, and whose they are. */
  readonly #hidden = new Map<string, Part['owner']>();
  /** By commitment, whose sealed values were opened here. */
  readonly #opened = new Map<Hash, Hash>();

  constructor(sources: DisclosureSources) {
    this.#sources = sources;
  }

  /**
   * A value as a handler sees it.
   *
   * @throws KernelError `SubjectErased`, `VaultDamaged`, `SecretMissing`; `InvalidInput` where a job has no such output
   */
  reveal(value: StoredValue): Promise<StoredValue> {
    return this.#reveal(value, true);
  }

  /** What an output refers to is its own affair: references to outputs are followed once. */
  async #reveal(value: StoredValue, withOutputs: boolean): Promise<StoredValue> {
    const shown = new Map<StoredObject, StoredValue>();
    for (const reference of referencesIn(value)) {
      const found = await this.#show(reference, withOutputs);
      if (found !== undefined) shown.set(reference, found);
    }
    return shown.size === 0 ? value : replaceReferences(value, (reference) => shown.get(reference));
  }

  /** A value for the log: secrets in its texts are masked. */
  maskSecrets(value: StoredValue): StoredValue {
    return this.secrets.length === 0 ? value : masked(value, this.secrets);
  }

  /** The input of a child: a secret that is passed on goes by its name again. */
  withSecretNames(value: unknown): unknown {
    if (this.secrets.length === 0) return value;
    const name = typeof value === 'string' ? this.#secretNames.get(value) : undefined;
    if (name !== undefined) return { [VALUE_TAGS.secret]: name };
    if (typeof value === 'string') return masked(value, this.secrets);
    if (Array.isArray(value)) return value.map((item) => this.withSecretNames(item));
    if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.withSecretNames(item)]));
  }

  /** As `maskSecrets`, and every sealed text as well: for what is written about a failure. */
  mask<T extends StoredValue>(value: T): T {
    const all = [...this.#hidden.keys(), ...this.secrets].sort((a, b) => b.length - a.length);
    return all.length === 0 ? value : (masked(value, all) as T);
  }

  async #show(reference: StoredObject, withOutputs: boolean): Promise<StoredValue | undefined> {
    const { sealer, outcomeOf } = this.#sources;
    const ref = sealedRefOf(reference);
    if (ref !== undefined) {
      const opened = await sealer.open(reference);
      this.#opened.set(ref.commitment, ref.subject);
      this.hide(opened, { hash: ref.subject });
      return opened;
    }
    const name = secretRefOf(reference);
    if (name !== undefined) return await this.#secret(name);
    const output = reference[VALUE_TAGS.output];
    if (output === undefined || !withOutputs) return undefined;
    return await outputAt(output, outcomeOf, (sealed) => this.#reveal(sealed, false));
  }

  has({ subject, commitment }: SealedRef): boolean {
    return this.#opened.get(commitment) === subject;
  }

  /**
   * The texts of a value that repeat what was opened, as parts to be sealed again: what a handler was shown of somebody does
   * not get into the log by being passed on. A text with words of several subjects is sealed for the one with the longest.
   */
  repeatedIn(value: StoredValue): readonly Part[] {
    if (this.#hidden.size === 0) return [];
    const longestFirst = [...this.#hidden].sort(([a], [b]) => b.length - a.length);
    return textsIn(value, '').flatMap(({ path, text }): Part[] => {
      const found = longestFirst.find(([hidden]) => text.includes(hidden));
      return found === undefined ? [] : [{ path, owner: found[1], value: text }];
    });
  }

  async #secret(name: string): Promise<string> {
    const { secrets, redactor, mayUse } = this.#sources;
    mayUse(name);
    if (secrets === undefined) {
      throw new KernelError('SecretMissing', `nothing here resolves the secret ${name}`, {
        data: { secretRef: name },
      });
    }
    const secret = await secrets.resolve({ secretRef: name });
    redactor?.add(secret);
    this.#secretNames.set(secret, name);
    if (secret !== '' && !this.secrets.includes(secret)) this.secrets.push(secret);
    return secret;
  }

  /** Keeps the texts of a sensitive value out of what is logged from here on. */
  hide(value: StoredValue, owner: Part['owner']): void {
    if (typeof value === 'string' && value.length >= MIN_MASKED) this.#hidden.set(value, owner);
    else if (value !== null && typeof value === 'object') {
      for (const item of Object.values(value) as StoredValue[]) this.hide(item, owner);
    }
  }
}

function textsIn(
  value: StoredValue,
  path: string,
): readonly { readonly path: string; readonly text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (value === null || typeof value !== 'object' || isReference(value)) return [];
  return Object.entries(value as StoredObject).flatMap(([key, item]) =>
    textsIn(item, path + pointerOf([key])),
  );
}

function masked(value: StoredValue, texts: readonly string[]): StoredValue {
  if (typeof value === 'string') return texts.reduce((text, hidden) => text.replaceAll(hidden, MASK), value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return (value as readonly StoredValue[]).map((item) => masked(item, texts));
  return Object.fromEntries(
    Object.entries(value as StoredObject).map(([key, item]) => [
      masked(key, texts) as string,
      masked(item, texts),
    ]),
  );
}
