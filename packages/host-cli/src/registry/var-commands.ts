import type { CommandSpec } from './command-spec.ts';
import type { FlagSpec } from './flag-spec.ts';
import { AT } from './state-commands.ts';

const LAYER: FlagSpec = {
  name: 'layer',
  type: 'choice',
  choices: ['environment', 'files', 'plugins', 'runtime'],
  summary: 'the layer',
};
const WRITTEN: FlagSpec = { ...LAYER, summary: 'the layer to write; default runtime' };
const READ: FlagSpec = { ...LAYER, summary: 'only this layer; default: the strongest that has it' };
const IF_ETAG: FlagSpec = {
  name: 'if-etag',
  type: 'text',
  value: 'ETAG',
  summary: 'only if it is unchanged since',
};

export const VAR_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['var', 'get'],
    summary: 'the value of a variable',
    examples: [
      { line: 'tksm var get limits/rate', note: 'text as it is, anything else as JSON' },
      { line: 'tksm var get limits/rate --json', note: 'with etag, layer, version' },
    ],
    arguments: [{ name: 'name', summary: 'the variable' }],
    flags: [READ, AT],
    globals: ['data'],
    load: async () => (await import('../handlers/var-get.ts')).varGet,
  },
  {
    path: ['var', 'set'],
    summary: 'set a variable',
    examples: [
      { line: 'tksm var set greeting hello', note: 'a text' },
      { line: 'tksm var set limits/rate 20 --parse', note: 'a number' },
      { line: 'tksm var set greeting hi --if-etag 57', note: 'only if nobody changed it since' },
      { line: 'tksm var set api/token --parse \'{"$secretRef":"api"}\'', note: 'a secret, by its name' },
    ],
    arguments: [
      { name: 'name', summary: 'the variable' },
      { name: 'value', summary: 'its value: text, unless --parse; @FILE or @- to read it' },
    ],
    flags: [
      { name: 'parse', short: 'p', type: 'switch', summary: 'read the value as JSON' },
      WRITTEN,
      IF_ETAG,
      { name: 'if-absent', type: 'switch', summary: 'only if there is none' },
      {
        name: 'subject',
        type: 'text',
        value: 'WHO',
        summary: 'it is somebody’s: sealed, and gone with tksm erase WHO',
      },
    ],
    globals: ['data', 'token-file'],
    load: async () => (await import('../handlers/var-set.ts')).varSet,
  },
  {
    path: ['var', 'ls'],
    summary: 'list variables',
    examples: [
      { line: 'tksm var ls', note: 'the effective values' },
      { line: 'tksm var ls limits/ --layer files', note: 'a prefix, in one layer' },
    ],
    arguments: [{ name: 'prefix', summary: 'only names that begin so', optional: true }],
    flags: [READ, AT],
    globals: ['data', 'plain'],
    load: async () => (await import('../handlers/var-ls.ts')).varLs,
  },
  {
    path: ['var', 'watch'],
    summary: 'follow changes of variables',
    examples: [{ line: 'tksm var watch limits/ --json', note: 'a line of JSON for each change' }],
    arguments: [{ name: 'prefix', summary: 'only names that begin so', optional: true }],
    flags: [{ name: 'from', type: 'whole', value: 'POSITION', summary: 'changes since then, too' }],
    globals: ['data', 'timeout'],
    load: async () => (await import('../handlers/var-watch.ts')).varWatch,
  },
  {
    path: ['var', 'rm'],
    summary: 'delete a variable from a layer',
    examples: [{ line: 'tksm var rm greeting', note: 'a weaker layer may show through' }],
    arguments: [{ name: 'name', summary: 'the variable' }],
    flags: [WRITTEN, IF_ETAG],
    globals: ['data', 'token-file'],
    load: async () => (await import('../handlers/var-rm.ts')).varRm,
  },
  {
    path: ['var', 'apply'],
    summary: 'change several variables together, or none',
    examples: [
      { line: 'tksm var apply changes.json', note: '{"changes":[{"op":"set","name":…,"value":…}]}' },
      { line: 'tksm var apply - --dry-run', note: 'from stdin; only show what would change' },
    ],
    details:
      'The file holds { layer?, changes: [{ op: "set", name, value } | { op: "delete", name }], ' +
      'preconditions?: [{ name, etag | null }] }.',
    arguments: [{ name: 'file', summary: 'a JSON file, or - for stdin', completes: 'file' }],
    globals: ['data', 'token-file', 'dry-run'],
    load: async () => (await import('../handlers/var-apply.ts')).varApply,
  },
];
