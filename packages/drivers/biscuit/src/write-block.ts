import type { BiscuitLibrary, Fact, Statements } from './biscuit-library.ts';
import { expiryCheckOf, statementsOf } from './statements.ts';
import type { BlockContents, Statement } from './statements.ts';

/** Writes a block into a builder: facts for us, and for its expiry a check that every verifier heeds. */
export function writeBlock(library: BiscuitLibrary, builder: Statements, contents: BlockContents): void {
  for (const statement of statementsOf(contents)) builder.addFact(factOf(library, statement));
  const check = expiryCheckOf(contents);
  if (check !== undefined) builder.addCheck(library.Check.fromString(check));
}

function factOf(library: BiscuitLibrary, { name, terms }: Statement): Fact {
  const places = terms.map((term, at) => (typeof term === 'number' ? String(term) : `{t${at}}`));
  const fact = library.Fact.fromString(`${name}(${places.join(', ')})`);
  for (const [at, term] of terms.entries()) {
    // As in JSON, since the library prints a text as it is, its quotes included.
    if (typeof term === 'string') fact.set(`t${at}`, JSON.stringify(term).slice(1, -1));
  }
  return fact;
}
