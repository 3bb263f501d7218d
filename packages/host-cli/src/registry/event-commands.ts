import type { CommandSpec } from './command-spec.ts';
import type { FlagSpec } from './flag-spec.ts';

const FROM: FlagSpec = {
  name: 'from',
  type: 'whole',
  value: 'POSITION',
  summary: 'first position; default 0',
};
const TO: FlagSpec = { name: 'to', type: 'whole', value: 'POSITION', summary: 'up to, not including' };
const TYPE: FlagSpec = {
  name: 'type',
  short: 't',
  type: 'list',
  value: 'TYPE',
  summary: 'only these, as job.failed or job.*',
};
const JOB: FlagSpec = { name: 'job', type: 'text', value: 'JOB', summary: 'only those of a job' };

export const EVENT_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['event', 'ls'],
    summary: 'list events',
    examples: [
      { line: 'tksm event ls --from 100 --limit 20', note: 'a page of the log' },
      { line: `tksm event ls --type 'job.*' --json`, note: 'one document' },
    ],
    flags: [
      FROM,
      TO,
      TYPE,
      JOB,
      { name: 'limit', short: 'n', type: 'whole', value: 'N', summary: 'at most so many; default 100' },
    ],
    globals: ['data', 'plain'],
    load: async () => (await import('../handlers/event-ls.ts')).eventLs,
  },
  {
    path: ['event', 'tail'],
    summary: 'the last events; with --follow, those to come',
    examples: [
      { line: 'tksm event tail -n 20', note: 'the last 20' },
      { line: 'tksm event tail --follow --json', note: 'a line of JSON for each, beside a running kernel' },
    ],
    flags: [
      { name: 'lines', short: 'n', type: 'whole', value: 'N', summary: 'how many; default 10' },
      { name: 'follow', short: 'f', type: 'switch', summary: 'go on with what is written next' },
      TYPE,
      JOB,
    ],
    globals: ['data', 'plain', 'timeout'],
    load: async () => (await import('../handlers/event-tail.ts')).eventTail,
  },
  {
    path: ['event', 'show'],
    summary: 'one event, whole',
    examples: [{ line: 'tksm event show 42', note: 'the event at position 42' }],
    arguments: [{ name: 'position', summary: 'its number in the log' }],
    globals: ['data'],
    load: async () => (await import('../handlers/event-show.ts')).eventShow,
  },
  {
    path: ['event', 'verify'],
    summary: 'check every byte of every file of the data folder',
    details:
      'Log, blobs, proofs, snapshots, and what is between them. Exits 8 when something acknowledged is changed or gone; a file that ' +
      'is made anew, a leftover and a file of nobody are said, and are no failure. ' +
      'With a checkpoint that was kept elsewhere, also that the log goes on from it: nothing else reveals a folder that was ' +
      'rolled back as a whole.',
    examples: [
      { line: 'tksm event verify', note: 'exits 8 and names the position on damage' },
      { line: 'tksm event verify --against yesterday', note: 'exits 8 if the log was rolled back since' },
    ],
    flags: [
      { name: 'against', type: 'text', value: 'FILE', summary: 'a checkpoint that the log must go on from' },
      {
        name: 'key',
        type: 'text',
        value: 'KEY',
        summary: 'verifier key of that checkpoint; default: that of the folder',
      },
    ],
    globals: ['data'],
    load: async () => (await import('../handlers/event-verify.ts')).eventVerify,
  },
  {
    path: ['event', 'export'],
    summary: 'the log as lines of JSON',
    examples: [
      { line: 'tksm event export > events.ndjson', note: 'all of it' },
      { line: 'tksm event export --from 100 --out tail.ndjson', note: 'a part, to a file' },
    ],
    flags: [
      FROM,
      TO,
      TYPE,
      { name: 'out', short: 'o', type: 'text', value: 'FILE', summary: 'to a file, whole or not at all' },
    ],
    globals: ['data'],
    load: async () => (await import('../handlers/event-export.ts')).eventExport,
  },
  {
    path: ['event', 'archive'],
    summary: 'move old segments of the log to another folder',
    details:
      'Makes a snapshot and a signed checkpoint that names its digest first: the zone starts from there without what is moved. ' +
      'Nobody else may run the folder meanwhile. While the segments lie in archive/ of the data folder, everything is found as ' +
      'before; moved elsewhere, what needs them says EventArchived.',
    examples: [
      { line: 'tksm event archive --before -30d --dry-run', note: 'what would be moved' },
      { line: 'tksm event archive --before 1000000 --to /mnt/cold --yes', note: 'without asking' },
    ],
    flags: [
      {
        name: 'before',
        type: 'text',
        value: 'POSITION|TIME',
        summary: 'segments that end at or before it: 1000000, 2026-11-21, -30d',
      },
      { name: 'to', type: 'text', value: 'DIR', summary: 'default: archive/ of the data folder' },
    ],
    globals: ['data', 'plain', 'yes', 'dry-run'],
    ownerOnly: true,
    load: async () => (await import('../handlers/event-archive.ts')).eventArchive,
  },
  {
    path: ['event', 'checkpoint'],
    summary: 'sign what the log is now',
    details:
      'Writes a C2SP signed note: number of frames, root of the tree over them, state digest. The first one makes a key in the data ' +
      'folder. Whoever keeps checkpoints can tell later that history was changed.',
    examples: [
      { line: 'tksm event checkpoint > yesterday', note: 'keep it where this machine cannot change it' },
      { line: 'tksm event checkpoint --since yesterday', note: 'prove that the log only grew since' },
    ],
    flags: [
      {
        name: 'since',
        type: 'text',
        value: 'FILE',
        summary: 'prove that the log of this older checkpoint goes on',
      },
      { name: 'key', type: 'switch', summary: 'print the verifier key, which others check it with' },
    ],
    globals: ['data'],
    ownerOnly: true,
    load: async () => (await import('../handlers/event-checkpoint.ts')).eventCheckpoint,
  },
  {
    path: ['event', 'prove'],
    summary: 'prove that an event is in the log',
    details:
      'The proof shows the whole frame that holds the event; in a zone that was created with eventLeaves, the event alone. ' +
      'tools/verify-log checks it.',
    examples: [
      { line: 'tksm event prove 42 > proof.json', note: 'under the last checkpoint, or a new one' },
      { line: 'tksm event prove 42 --checkpoint yesterday', note: 'under one that was kept' },
    ],
    arguments: [{ name: 'position', summary: 'its number in the log' }],
    flags: [{ name: 'checkpoint', type: 'text', value: 'FILE', summary: 'under this checkpoint' }],
    globals: ['data'],
    ownerOnly: true,
    load: async () => (await import('../handlers/event-prove.ts')).eventProve,
  },
];
