import type { CommandSpec } from './command-spec.ts';
import type { ArgumentSpec, FlagSpec } from './flag-spec.ts';
import { AT } from './state-commands.ts';

const NAME: ArgumentSpec = {
  name: 'name',
  summary: 'which one',
  choices: ['throughput', 'health'],
};
const FROM: FlagSpec = {
  name: 'from',
  type: 'whole',
  value: 'POSITION',
  summary: 'of the events from here on; default 0',
};

export const PROJECTION_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['projection', 'ls'],
    summary: 'list projections, and how far their bookmarks are',
    examples: [{ line: 'tksm projection ls', note: 'name, version, position and lag' }],
    globals: ['data', 'plain'],
    load: async () => (await import('../handlers/projection-ls.ts')).projectionLs,
  },
  {
    path: ['projection', 'show'],
    summary: 'what a projection comes to',
    details:
      'Reads the events since its bookmark and keeps a new one under projections/ in the data folder, unless the folder may ' +
      'only be read. With --at it is computed anew, and nothing is kept.',
    examples: [
      { line: 'tksm projection show throughput', note: 'jobs by kind, and over time' },
      { line: 'tksm projection show health', note: 'when the zone ran, stopped, died' },
      { line: 'tksm projection show throughput --at -1h --json', note: 'as it was an hour ago' },
    ],
    arguments: [NAME],
    flags: [AT],
    globals: ['data', 'plain'],
    load: async () => (await import('../handlers/projection-show.ts')).projectionShow,
  },
  {
    path: ['projection', 'rebuild'],
    summary: 'drop what was kept of a projection, and compute it anew',
    examples: [
      { line: 'tksm projection rebuild throughput', note: 'from the first event' },
      { line: 'tksm projection rebuild throughput --from 5000', note: 'only of what came since' },
    ],
    arguments: [NAME],
    flags: [FROM],
    globals: ['data'],
    load: async () => (await import('../handlers/projection-rebuild.ts')).projectionRebuild,
  },
  {
    path: ['projection', 'drop'],
    summary: 'drop what was kept of a projection',
    examples: [{ line: 'tksm projection drop throughput', note: 'the next look computes it anew' }],
    arguments: [NAME],
    globals: ['data'],
    load: async () => (await import('../handlers/projection-drop.ts')).projectionDrop,
  },
];
