import type { CommandSpec } from './command-spec.ts';
import type { FlagSpec } from './flag-spec.ts';

export const AT: FlagSpec = {
  name: 'at',
  type: 'text',
  value: 'POSITION|TIME',
  summary: 'as of so many events, or a time: 2026-11-21T06:00Z, 2026-11-21, -5m',
};

export const STATE_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['state', 'digest'],
    summary: 'root hash over all state',
    examples: [
      { line: 'tksm state digest', note: 'the hex digest alone' },
      { line: 'tksm state digest --at 100', note: 'after the first 100 events' },
    ],
    flags: [AT],
    globals: ['data'],
    load: async () => (await import('../handlers/state-digest.ts')).stateDigest,
  },
  {
    path: ['state', 'get'],
    summary: 'a key of the world',
    examples: [
      { line: 'tksm state get var/runtime/limits', note: 'value, version and position' },
      { line: 'tksm state get var/ --prefix', note: 'all keys that begin so' },
    ],
    arguments: [{ name: 'key', summary: 'a key of the world' }],
    flags: [AT, { name: 'prefix', type: 'switch', summary: 'every key that begins with it' }],
    globals: ['data', 'plain'],
    load: async () => (await import('../handlers/state-get.ts')).stateGet,
  },
  {
    path: ['state', 'prove'],
    summary: 'prove what a key of the world is',
    examples: [
      { line: 'tksm state prove var/runtime/limits', note: 'under a new checkpoint' },
      { line: 'tksm state prove zone --entry --checkpoint yesterday', note: 'as of one that was kept' },
    ],
    arguments: [{ name: 'key', summary: 'a key of the world' }],
    flags: [
      { name: 'entry', type: 'switch', summary: 'KEY is zone, job/ID, command/ID or world/KEY' },
      { name: 'checkpoint', type: 'text', value: 'FILE', summary: 'under this checkpoint' },
    ],
    globals: ['data'],
    ownerOnly: true,
    load: async () => (await import('../handlers/state-prove.ts')).stateProve,
  },
  {
    path: ['state', 'snapshot'],
    summary: 'write the whole state to a file',
    examples: [{ line: 'tksm state snapshot state.snap', note: 'prints its digest' }],
    details: 'With what has retired from it, as far as the job index has it. For tksm state restore.',
    arguments: [{ name: 'file', summary: 'where to write it' }],
    globals: ['data'],
    load: async () => (await import('../handlers/state-snapshot.ts')).stateSnapshot,
  },
  {
    path: ['state', 'restore'],
    summary: 'begin a new data folder with a state from a file',
    examples: [
      {
        line: 'tksm state restore state.snap --data new',
        note: 'what state snapshot wrote; prints its digest',
      },
    ],
    details:
      'The folder must not be there yet. Its log begins behind the events of that state, and goes on from there; what ' +
      'happened before is not in it: events are shown from there on, and checkpoints and proofs can be made in the old folder only. ' +
      'Not in the file are blobs/, vault/ and authority/: copy them, or blobs and what is sealed are not there, and tokens not valid.',
    arguments: [{ name: 'file', summary: 'a file that state snapshot wrote', completes: 'file' }],
    globals: ['data'],
    load: async () => (await import('../handlers/state-restore.ts')).stateRestore,
  },
  {
    path: ['replay'],
    summary: 'fold the log from its beginning and print the digest',
    examples: [
      { line: 'tksm replay --expect "$(tksm state digest)"', note: 'exits 8 when they differ' },
      { line: 'tksm replay --to 100', note: 'the first 100 events' },
    ],
    flags: [
      { name: 'to', type: 'whole', value: 'POSITION', summary: 'up to, not including' },
      { name: 'expect', type: 'text', value: 'DIGEST', summary: 'exit 8 unless this comes out' },
    ],
    globals: ['data'],
    load: async () => (await import('../handlers/replay.ts')).replayLog,
  },
];
