import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { LOG_KINDS } from './bench-log.ts';
import type { LogKind } from './bench-log.ts';
import { isTestName, TESTS } from './plan.ts';
import type { TestName } from './plan.ts';

export const USAGE = `pnpm bench [--json] [--filter a,b] [--data DIR] [--rounds N] [--quick] [--log ${LOG_KINDS.join('|')}] [--profile DIR]
  --json     NDJSON, one line a result, instead of a table
  --filter   only these tests: ${Object.keys(TESTS).join(', ')}
  --data     folder to measure in, on the disk of interest; a temporary one unless given
  --rounds   samples of each test, whose median counts (3)
  --quick    tiny numbers, one round: shows that it works, and measures nothing
  --log      the log under the kernel
  --profile  writes a V8 CPU profile of each measured process there`;

export interface Options {
  readonly json: boolean;
  readonly tests: ReadonlySet<TestName>;
  readonly data: string;
  readonly rounds: number;
  readonly quick: boolean;
  readonly log: LogKind;
  readonly profile: string | undefined;
}

const MAX_ROUNDS = 100;

/** @throws TypeError for a wrong command line */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    // pnpm hands its own separator on.
    args: args.filter((arg) => arg !== '--'),
    options: {
      json: { type: 'boolean', default: false },
      filter: { type: 'string' },
      data: { type: 'string', default: tmpdir() },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      log: { type: 'string', default: LOG_KINDS[0] },
      profile: { type: 'string' },
    },
  });
  const { json, quick, profile } = values;
  const log = LOG_KINDS.find((kind) => kind === values.log);
  if (log === undefined) throw new TypeError(`--log is one of ${LOG_KINDS.join(', ')}`);
  const rounds = Number(values.rounds ?? (quick ? 1 : 3));
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > MAX_ROUNDS) {
    throw new TypeError(`--rounds is a whole number from 1 to ${MAX_ROUNDS}`);
  }
  return {
    json,
    quick,
    log,
    rounds,
    profile,
    tests: testsIn(values.filter),
    data: path.resolve(values.data),
  };
}

function testsIn(filter: string | undefined): ReadonlySet<TestName> {
  const names = filter?.split(',') ?? Object.keys(TESTS);
  const known = names.filter(isTestName);
  if (known.length !== names.length) {
    const unknown = names.filter((name) => !isTestName(name));
    throw new TypeError(`there is no test ${unknown.join(', ')}`);
  }
  return new Set(known);
}
