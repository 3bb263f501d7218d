/** A source of chance. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** 128 bits as 32 lower-case hex digits, never repeated in practice. */
  id(): string;
}
