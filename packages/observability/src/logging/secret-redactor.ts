import type { Redactor, SecretRef, SecretSource } from '@tksm/abstractions';

/** Secrets that are remembered; beyond that the oldest is forgotten. */
export const MAX_SECRETS = 10_000;
/** Shorter values are no secrets: masking them would leave no text readable. */
const MIN_SECRET_LENGTH = 4;

const MASK = '***';

/** A redactor that knows no secret yet. */
export function createRedactor(): Redactor {
  return new SecretRedactor();
}

/**
 * Masks known secrets in texts. Guarantees: a secret that was added is masked in every later text, the longer one where
 * two begin alike.
 */
class SecretRedactor implements Redactor {
  readonly #secrets = new Set<string>();
  #pattern: RegExp | undefined;

  add(secret: string): void {
    if (secret.length < MIN_SECRET_LENGTH || this.#secrets.has(secret)) return;
    const [oldest] = this.#secrets;
    if (this.#secrets.size >= MAX_SECRETS && oldest !== undefined) this.#secrets.delete(oldest);
    this.#secrets.add(secret);
    this.#pattern = undefined;
  }

  mask(text: string): string {
    if (this.#secrets.size === 0) return text;
    this.#pattern ??= patternOf(this.#secrets);
    return text.replace(this.#pattern, MASK);
  }
}

function patternOf(secrets: ReadonlySet<string>): RegExp {
  const longestFirst = [...secrets].sort((a, b) => b.length - a.length);
  return new RegExp(
    longestFirst.map((secret) => secret.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'),
    'g',
  );
}

/** A source whose every secret the redactor comes to know. */
export function redactingSecrets(source: SecretSource, redactor: Redactor): SecretSource {
  return {
    async resolve(ref: SecretRef): Promise<string> {
      const secret = await source.resolve(ref);
      redactor.add(secret);
      return secret;
    },
  };
}
