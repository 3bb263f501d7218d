import type { CommandSpec } from './command-spec.ts';
import type { ArgumentSpec, FlagSpec } from './flag-spec.ts';

const FILE: ArgumentSpec = {
  name: 'file',
  summary: 'the file that holds it; - for stdin',
  completes: 'file',
};
export const RIGHT: FlagSpec = {
  name: 'right',
  type: 'list',
  value: 'ACTION:RESOURCE',
  summary: 'what is allowed: kv.put:notes/*, fs.read:/corp/**',
};
/** What narrows a grant down. */
export const CAVEATS: readonly FlagSpec[] = [
  {
    name: 'expires',
    type: 'duration',
    value: 'TIME',
    summary: 'and nothing after this long, as 30s, 5m or 1h',
  },
  { name: 'count', type: 'whole', value: 'N', summary: 'most uses in all' },
  {
    name: 'host',
    type: 'list',
    value: 'HOST',
    summary: 'hosts that may be called: name, or *.name for those below it',
  },
];
/** What narrows a grant down, what it is for, and where it goes. */
const GRANT: readonly FlagSpec[] = [
  ...CAVEATS,
  { name: 'note', type: 'text', value: 'TEXT', summary: 'what it is for, for those who read the log' },
  { name: 'out', short: 'o', type: 'text', value: 'FILE', summary: 'a new file, for its owner alone' },
];

/** Capability tokens. A token is in files, never in words of a command line, which everybody on the machine can read. */
export const TOKEN_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['token', 'mint'],
    summary: 'make a token that allows something in this zone',
    details:
      'Signs with the newest root key of the data folder; the first token makes one. Resources are patterns over whole segments: * is ' +
      'one, ** at the end what is named before it and everything below.',
    examples: [
      {
        line: 'tksm token mint --right "fs.read:/corp/**" --expires 1h --out reader.token',
        note: 'to read below /corp, for an hour',
      },
      {
        line: 'tksm token mint --right "http.get:**" --host api.example.com --count 100 --out caller.token',
        note: 'to call one host a hundred times',
      },
    ],
    flags: [RIGHT, ...GRANT],
    globals: ['data'],
    load: async () => (await import('../handlers/token-mint.ts')).tokenMint,
  },
  {
    path: ['token', 'attenuate'],
    summary: 'make a token that allows less, without the zone and its keys',
    details: 'What is not said stays as it is in the token, rights included.',
    examples: [
      {
        line: 'tksm token attenuate reader.token --right "fs.read:/corp/open/*" --out guest.token',
        note: 'one folder of what it allows',
      },
      {
        line: 'tksm token attenuate reader.token --expires 5m --out brief.token',
        note: 'the same, for 5 minutes',
      },
    ],
    arguments: [FILE],
    flags: [RIGHT, ...GRANT],
    load: async () => (await import('../handlers/token-attenuate.ts')).tokenAttenuate,
  },
  {
    path: ['token', 'inspect'],
    summary: 'show what a token allows, and whether it is valid here',
    details:
      'Without the data folder of its zone, what it says is shown and not verified: it may be forged. Exits 4 when the zone does not take it.',
    examples: [
      { line: 'tksm token inspect reader.token', note: 'rights and caveats, from what was minted down' },
    ],
    arguments: [FILE],
    globals: ['data', 'plain'],
    load: async () => (await import('../handlers/token-inspect.ts')).tokenInspect,
  },
];
