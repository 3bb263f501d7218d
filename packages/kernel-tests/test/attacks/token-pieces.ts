/** Characters of a token that nobody may find elsewhere. */
const PIECE = 24;

/** The tokens of a scene, to be looked for in what is said and written. */
export class TokenPieces {
  readonly #pieces = new Set<string>();

  add(token: string): void {
    for (const piece of piecesOf(token)) this.#pieces.add(piece);
  }

  /** Whatever is in a text of any token. */
  foundIn(text: string): readonly string[] {
    return [...piecesOf(text)].filter((piece) => this.#pieces.has(piece));
  }
}

function* piecesOf(text: string): Generator<string> {
  for (let at = 0; at + PIECE <= text.length; at++) yield text.slice(at, at + PIECE);
}
