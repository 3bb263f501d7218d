import { LADDER_RUNGS } from '@tksm/abstractions';
import type { CommandSpec } from './command-spec.ts';
import type { ArgumentSpec, FlagSpec } from './flag-spec.ts';
import { AT } from './state-commands.ts';

const BREAKER: ArgumentSpec = { name: 'breaker', summary: 'kind.NAME, or resource.NAME' };
const REASON: FlagSpec = { name: 'reason', type: 'text', value: 'TEXT', summary: 'why, for the log' };

/** Breakers and the escalation ladder. */
export const FAILURE_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['breaker', 'ls'],
    summary: 'breakers that are not closed, and those that saw failures lately',
    details:
      'A breaker holds the jobs of a kind, or those that need a resource, back while they fail. Resources have one; a kind has ' +
      'one when a variable says so: tksm var set --parse tksm.breaker.kind.NAME \'{"failures":5,"windowMs":60000}\'.',
    examples: [
      { line: 'tksm breaker ls', note: 'phase, why, and the next probe' },
      { line: 'tksm breaker ls --at -1h', note: 'as they were an hour ago' },
    ],
    flags: [AT],
    globals: ['data', 'plain'],
    load: async () => (await import('../handlers/breaker-ls.ts')).breakerLs,
  },
  {
    path: ['breaker', 'open'],
    summary: 'hold jobs back, whatever the breaker has seen',
    examples: [
      { line: 'tksm breaker open resource.payments --for 30m', note: 'while it is being repaired' },
      { line: 'tksm breaker open kind.shell --reason maintenance', note: 'until it is closed by hand' },
    ],
    arguments: [BREAKER],
    flags: [{ name: 'for', type: 'duration', value: 'TIME', summary: 'and let probes through then' }, REASON],
    globals: ['data', 'token-file'],
    load: async () => (await import('../handlers/breaker-set.ts')).breakerOpen,
  },
  {
    path: ['breaker', 'close'],
    summary: 'let jobs through again, whatever the breaker has seen',
    examples: [{ line: 'tksm breaker close resource.payments', note: 'it is repaired' }],
    arguments: [BREAKER],
    flags: [REASON],
    globals: ['data', 'token-file'],
    load: async () => (await import('../handlers/breaker-set.ts')).breakerClose,
  },
  {
    path: ['ladder', 'ls'],
    summary: 'kinds whose breakers keep tripping, and what was done about it',
    examples: [{ line: 'tksm ladder ls', note: 'demoted, isolated, quarantined, and why' }],
    flags: [AT],
    globals: ['data', 'plain'],
    load: async () => (await import('../handlers/ladder-ls.ts')).ladderLs,
  },
  {
    path: ['ladder', 'set'],
    summary: 'put a kind on a rung of the escalation ladder, or take it down',
    examples: [
      {
        line: 'tksm ladder set shell quarantined --reason "eats the disk"',
        note: 'none runs, none is taken',
      },
      { line: 'tksm ladder set shell ground', note: 'as if nothing had been' },
    ],
    arguments: [
      { name: 'kind', summary: 'whose' },
      { name: 'rung', summary: 'where to', choices: LADDER_RUNGS },
    ],
    flags: [REASON],
    globals: ['data', 'token-file'],
    load: async () => (await import('../handlers/ladder-set.ts')).ladderSet,
  },
];
