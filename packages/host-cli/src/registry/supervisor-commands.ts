import type { CommandSpec } from './command-spec.ts';
import type { ArgumentSpec, FlagSpec } from './flag-spec.ts';
import { AT } from './state-commands.ts';

const SUPERVISOR: ArgumentSpec = {
  name: 'supervisor',
  summary: 'its id; one within another after those above it, as shop/payments',
};
const CHILD: ArgumentSpec = { name: 'child', summary: 'id of the child' };
const WAIT: FlagSpec = { name: 'wait', short: 'w', type: 'switch', summary: 'run it until it has ended' };

const STEERING: readonly CommandSpec[] = [
  {
    path: ['supervisor', 'stop'],
    summary: 'stop a supervisor and all its children, or one child',
    examples: [
      { line: 'tksm supervisor stop shop', note: 'its children in reverse order, then itself' },
      { line: 'tksm supervisor stop shop mailer', note: 'one child, which can be started again' },
    ],
    details: 'One that gave up is forgotten.',
    arguments: [SUPERVISOR, { ...CHILD, optional: true }],
    globals: ['data', 'token-file'],
    load: async () => (await import('../handlers/supervisor-stop.ts')).supervisorStop,
  },
  {
    path: ['supervisor', 'restart'],
    summary: 'start a child again that does not run',
    examples: [{ line: 'tksm supervisor restart shop mailer', note: 'does not count as a restart' }],
    arguments: [SUPERVISOR, CHILD],
    globals: ['data', 'token-file'],
    load: async () => (await import('../handlers/supervisor-restart.ts')).supervisorRestart,
  },
  {
    path: ['supervisor', 'add'],
    summary: 'add a child after the others, and start it',
    examples: [
      {
        line: `tksm supervisor add shop '{"id":"mailer","kind":"shell","input":{"argv":["./mailer"]}}'`,
        note: 'a job that is started again whenever it ends',
      },
    ],
    arguments: [SUPERVISOR, { name: 'child', summary: 'JSON, @FILE, or @- for stdin' }],
    globals: ['data', 'token-file'],
    load: async () => (await import('../handlers/supervisor-add.ts')).supervisorAdd,
  },
  {
    path: ['supervisor', 'rm'],
    summary: 'forget a child that does not run',
    examples: [{ line: 'tksm supervisor rm shop mailer', note: 'stop it first' }],
    arguments: [SUPERVISOR, CHILD],
    globals: ['data', 'token-file'],
    load: async () => (await import('../handlers/supervisor-rm.ts')).supervisorRm,
  },
];

export const SUPERVISOR_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['supervisor', 'start'],
    summary: 'start a supervisor and its children, durably',
    examples: [
      { line: 'tksm supervisor start shop.json --wait', note: 'run it, until it ends or Ctrl-C' },
      { line: 'tksm supervisor start -', note: 'from stdin; whatever runs this folder runs it' },
    ],
    details:
      'The file: { "id": "shop", "strategy": "one-for-one|one-for-all|rest-for-one", "intensity": 1, "periodMs": 5000, ' +
      '"autoShutdown": "never|any-significant|all-significant", "children": [ … ], "supervisors": { NAME: … } }. A child: ' +
      '{ "id", "kind", "input", "restart": "permanent|transient|temporary", "shutdownMs": 5000, "significant": false } and the ' +
      'options of a job, or { "id", "supervisor": NAME or one in full, "restart" }. With more than intensity restarts within ' +
      'the period it stops its children and gives up; the exit code of --wait is 1, then.',
    arguments: [{ name: 'file', summary: 'JSON; - is stdin' }],
    flags: [WAIT],
    globals: ['data', 'token-file', 'timeout'],
    load: async () => (await import('../handlers/supervisor-start.ts')).supervisorStart,
  },
  {
    path: ['supervisor', 'watch'],
    summary: 'run the data folder until a supervisor has ended, or follow who runs it',
    examples: [{ line: 'tksm supervisor watch shop', note: 'goes on where it was' }],
    arguments: [SUPERVISOR],
    globals: ['data', 'token-file', 'timeout'],
    load: async () => (await import('../handlers/supervisor-watch.ts')).supervisorWatch,
  },
  {
    path: ['supervisor', 'ls'],
    summary: 'list supervisors',
    examples: [
      { line: 'tksm supervisor ls', note: 'who runs, who gave up' },
      { line: 'tksm supervisor ls --at -1h', note: 'as it was an hour ago' },
    ],
    flags: [AT],
    globals: ['data', 'plain'],
    load: async () => (await import('../handlers/supervisor-ls.ts')).supervisorLs,
  },
  {
    path: ['supervisor', 'show'],
    summary: 'a supervisor, its children and those below them',
    examples: [
      { line: 'tksm supervisor show shop', note: 'as a tree' },
      { line: 'tksm supervisor show shop/payments --json', note: 'the record' },
    ],
    arguments: [SUPERVISOR],
    flags: [AT],
    globals: ['data'],
    load: async () => (await import('../handlers/supervisor-show.ts')).supervisorShow,
  },
  ...STEERING,
];
