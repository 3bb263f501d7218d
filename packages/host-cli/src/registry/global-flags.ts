import type { FlagSpec } from './flag-spec.ts';

/** Flags that may stand before or after the command. A command names those that mean something to it. */
export const GLOBAL_FLAGS = {
  data: {
    name: 'data',
    type: 'text',
    value: 'DIR',
    summary: 'the data folder (TKSM_DATA_DIR; default .tksm)',
  },
  'token-file': {
    name: 'token-file',
    type: 'text',
    value: 'FILE',
    summary:
      "act under the capability token in this file, and no more (TKSM_TOKEN_FILE); what only reads is the folder's owner",
  },
  timeout: {
    name: 'timeout',
    type: 'duration',
    value: 'TIME',
    summary: 'give up after this long, as 30s, 5m or 1h; exits 7',
  },
  'dry-run': { name: 'dry-run', type: 'switch', summary: 'say what would be done, and do nothing' },
  yes: { name: 'yes', short: 'y', type: 'switch', summary: 'do not ask' },
  json: { name: 'json', type: 'switch', summary: 'one JSON document; a line of JSON each for streams' },
  plain: { name: 'plain', type: 'switch', summary: 'tables as tab-separated lines, ids and times in full' },
  quiet: { name: 'quiet', short: 'q', type: 'switch', summary: 'no progress and no notices' },
  verbose: {
    name: 'verbose',
    short: 'v',
    type: 'switch',
    summary: "show the kernel's log lines, and causes of errors",
  },
  'no-color': { name: 'no-color', type: 'switch', summary: 'no colours (NO_COLOR, TERM=dumb)' },
} as const satisfies Record<string, FlagSpec>;

export type GlobalFlag = keyof typeof GLOBAL_FLAGS;

/** Those that every command takes: they are about what is written, errors included. */
export const ALWAYS: readonly GlobalFlag[] = ['json', 'quiet', 'verbose', 'no-color'];
