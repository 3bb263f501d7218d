/**
 * Knows the secrets that are in use and takes them out of texts. Whoever resolves a secret adds it; whoever writes for
 * people masks.
 */
export interface Redactor {
  /** From now on this value is masked. Empty values are ignored. */
  add(secret: string): void;
  /** The text with every known secret replaced. Never throws. */
  mask(text: string): string;
}
