import type { CommandSpec } from './command-spec.ts';
import type { ArgumentSpec, FlagSpec } from './flag-spec.ts';
import { AT } from './state-commands.ts';

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
  { name: 'rate', type: 'text', value: 'N/TIME', summary: 'most uses in a time, as 10/1m' },
  {
    name: 'host',
    type: 'list',
    value: 'HOST',
    summary: 'hosts that may be called: name, or *.name for those below it',
  },
  { name: 'within', type: 'text', value: 'PATH', summary: 'a path that everything has to be in' },
  { name: 'amount', type: 'text', value: 'N', summary: 'most that one use may move: a whole number' },
  { name: 'kind', type: 'list', value: 'KIND', summary: 'kinds of the jobs and operations' },
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
      'one, ** at the end what is named before it and everything below. Kinds that act with the right of the process (shell, module, ' +
      'files.*) are queued for no token, unless the trust policy admits it.',
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
    ownerOnly: true,
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
  {
    path: ['token', 'ls'],
    summary: 'list the tokens that were accepted, and those that are revoked',
    details:
      'A line for each block: the one that was minted, and each attenuation. One that expires goes by itself; a revoked one is ' +
      'listed until it would have expired. Uses are counted of those that have a bound on them.',
    examples: [{ line: 'tksm token ls', note: 'what is live, how much of a bound is used, what is revoked' }],
    flags: [AT],
    globals: ['data', 'plain'],
    load: async () => (await import('../handlers/token-ls.ts')).tokenLs,
  },
  {
    path: ['token', 'revoke'],
    summary: 'end a token, and all that were made from it, and what runs by them',
    details:
      'By its file, by its revocation id, also of one that was never seen here, or by the beginning of one that token ls shows. The ' +
      'id of the first block, which token inspect shows, ends all that were attenuated from what was minted.',
    examples: [
      { line: 'tksm token revoke guest.token --reason "left the team"', note: 'the token in a file' },
      { line: 'tksm token revoke 3fa2b1c9d04e5f60', note: 'one that token ls shows' },
    ],
    arguments: [{ name: 'token', summary: 'its file, or its revocation id', completes: 'file' }],
    flags: [{ name: 'reason', type: 'text', value: 'TEXT', summary: 'why, for those who read the log' }],
    globals: ['data', 'token-file'],
    load: async () => (await import('../handlers/token-revoke.ts')).tokenRevoke,
  },
  {
    path: ['token', 'rotate'],
    summary: 'make another root key, which signs from then on',
    details:
      'Tokens of older keys stay valid until their key is dropped, which cannot be undone. What was begun by such a token goes on ' +
      'until it expires or is revoked.',
    examples: [
      { line: 'tksm token rotate', note: 'tokens are signed by a new key' },
      { line: 'tksm token rotate --drop 1', note: 'and those of key 1 accepted no more' },
    ],
    flags: [{ name: 'drop', type: 'whole', value: 'KEY', summary: 'destroy this older key instead' }],
    globals: ['data'],
    ownerOnly: true,
    load: async () => (await import('../handlers/token-rotate.ts')).tokenRotate,
  },
];
