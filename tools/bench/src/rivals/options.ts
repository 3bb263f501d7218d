import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { defaultCache } from './install.ts';
import { isPeerName, PEERS } from './peers.ts';
import type { PeerName } from './peers.ts';
import { isRivalTestName, RIVAL_TESTS } from './tests.ts';
import type { RivalTestName } from './tests.ts';

export const USAGE = `pnpm bench:rivals [--json] [--only a,b] [--rounds N] [--quick] [--data DIR] [--out FILE] [--cache DIR]
  --json    NDJSON, one line a result, instead of a table
  --only    only these peers and tests
            peers: ${Object.keys(PEERS).join(', ')}
            tests: ${Object.keys(RIVAL_TESTS).join(', ')}
  --rounds  samples of each test, whose median counts (3)
  --quick   tiny numbers, one round: shows that it works, and measures nothing
  --data    folder for everybody's data, on the disk of interest; a temporary one unless given
  --out     writes an SVG chart there
  --cache   where the rivals are installed`;

export interface RivalOptions {
  readonly json: boolean;
  readonly quick: boolean;
  readonly rounds: number;
  readonly peers: ReadonlySet<PeerName>;
  readonly tests: ReadonlySet<RivalTestName>;
  readonly data: string;
  readonly cache: string;
  readonly out: string | undefined;
}

const MAX_ROUNDS = 100;

/** @throws TypeError for a wrong command line */
export function parseRivalOptions(args: readonly string[]): RivalOptions {
  const { values } = parseArgs({
    // pnpm hands its own separator on.
    args: args.filter((arg) => arg !== '--'),
    options: {
      json: { type: 'boolean', default: false },
      only: { type: 'string' },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      data: { type: 'string', default: tmpdir() },
      out: { type: 'string' },
      cache: { type: 'string', default: defaultCache() },
    },
  });
  const { json, quick, only, data, out, cache } = values;
  const rounds = Number(values.rounds ?? (quick ? 1 : 3));
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > MAX_ROUNDS) {
    throw new TypeError(`--rounds is a whole number from 1 to ${MAX_ROUNDS}`);
  }
  return {
    ...{ json, quick, rounds },
    ...wanted(only?.split(',') ?? []),
    data: path.resolve(data),
    cache: path.resolve(cache),
    out: out === undefined ? undefined : path.resolve(out),
  };
}

/** Names of peers and tests; when none of a sort is named, all of it is meant. */
function wanted(names: readonly string[]): Pick<RivalOptions, 'peers' | 'tests'> {
  const [peers, tests] = [names.filter(isPeerName), names.filter(isRivalTestName)];
  const unknown = names.filter((name) => !isPeerName(name) && !isRivalTestName(name));
  if (unknown.length > 0) throw new TypeError(`there is no peer or test ${unknown.join(', ')}`);
  return {
    peers: new Set(peers.length > 0 ? peers : (Object.keys(PEERS) as PeerName[])),
    tests: new Set(tests.length > 0 ? tests : (Object.keys(RIVAL_TESTS) as RivalTestName[])),
  };
}
