import type { CommandSpec } from './command-spec.ts';
import { AT } from './state-commands.ts';

export const TOOL_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['health'],
    summary: 'how a data folder is, without touching it',
    examples: [
      { line: 'tksm health', note: 'who runs it, what is queued, what failed' },
      { line: 'tksm health --at -1h', note: 'how it was an hour ago, as its events tell' },
    ],
    flags: [AT],
    globals: ['data', 'token-file', 'plain'],
    load: async () => (await import('../handlers/health.ts')).health,
  },
  {
    path: ['erase'],
    summary: 'destroy all that is kept of somebody',
    details:
      'Destroys the key of everything that was sealed for this subject, then the sealed values, and records that it was done. ' +
      'Chain, proofs and replay hold afterwards; jobs that still need the values fail. Backups of the data folder are out of reach.',
    examples: [
      { line: 'tksm erase customer-17 --dry-run', note: 'what would go' },
      { line: 'tksm erase customer-17 --yes', note: 'without asking' },
    ],
    arguments: [{ name: 'subject', summary: 'whose: the name that the values were given for' }],
    globals: ['data', 'token-file', 'yes', 'dry-run'],
    load: async () => (await import('../handlers/erase.ts')).erase,
  },
  {
    path: ['doctor'],
    summary: 'check this machine and the data folder, with what to do',
    details:
      '--repair says what it would cut or make anew, asks, and keeps a copy of all that it changes in the data folder. Events that ' +
      'were acknowledged go only with --cut-acknowledged: restore a copy rather.',
    examples: [
      { line: 'tksm doctor', note: 'Node, format, lock, rights, space, keys, log, blobs' },
      { line: 'tksm doctor --repair --dry-run', note: 'what a repair would do' },
    ],
    flags: [
      { name: 'repair', type: 'switch', summary: 'mend the log, and set aside what is made anew from it' },
      {
        name: 'cut-acknowledged',
        type: 'switch',
        summary: 'also when acknowledged events are lost by it',
      },
    ],
    globals: ['data', 'plain', 'dry-run', 'yes'],
    ownerOnly: { flag: 'repair' },
    load: async () => (await import('../handlers/doctor.ts')).doctor,
  },
  {
    path: ['completion'],
    summary: 'print a completion script for a shell',
    examples: [
      { line: 'source <(tksm completion bash)', note: 'for this shell; put it into ~/.bashrc to keep' },
      { line: 'tksm completion zsh > ~/.zfunc/_tksm', note: 'with ~/.zfunc in fpath' },
      { line: 'tksm completion fish > ~/.config/fish/completions/tksm.fish', note: '' },
    ],
    arguments: [{ name: 'shell', summary: 'whose', choices: ['bash', 'zsh', 'fish'] }],
    load: async () => (await import('../handlers/completion.ts')).completion,
  },
  {
    path: ['version'],
    summary: 'versions of tksm, Node and the formats',
    examples: [{ line: 'tksm version --json', note: 'for a bug report' }],
    load: async () => (await import('../handlers/version.ts')).version,
  },
];
