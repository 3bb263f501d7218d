import type { CommandSpec } from './command-spec.ts';
import type { ArgumentSpec, FlagSpec } from './flag-spec.ts';
import { AT } from './state-commands.ts';

const NAME: ArgumentSpec = { name: 'name', summary: 'the schedule' };
const moment = (name: string, summary: string): FlagSpec => ({ name, type: 'text', value: 'TIME', summary });

const WHEN: readonly FlagSpec[] = [
  { name: 'cron', type: 'text', value: 'PATTERN', summary: 'five fields, or six with seconds first' },
  { name: 'zone', type: 'text', value: 'ZONE', summary: 'IANA zone of the pattern; default UTC' },
  { name: 'every', type: 'duration', value: 'TIME', summary: 'an interval, as 15m; at least 1s' },
  moment('anchor', 'intervals are counted from then; default: from now'),
  moment('at', 'once, then'),
  { name: 'in', type: 'duration', value: 'TIME', summary: 'once, so long from now' },
  moment('from', 'no tick before then'),
  moment('until', 'no tick after then'),
  { name: 'limit', type: 'whole', value: 'N', summary: 'ends after so many jobs' },
  { name: 'jitter', type: 'duration', value: 'TIME', summary: 'each job starts up to so much later' },
];

const POLICIES: readonly FlagSpec[] = [
  {
    name: 'misfire',
    type: 'choice',
    choices: ['skip', 'once', 'all'],
    summary: 'of missed ticks run none, one for all, or each; default once',
  },
  { name: 'misfire-limit', type: 'whole', value: 'N', summary: 'with all: only the latest N; default 100' },
  {
    name: 'overlap',
    type: 'choice',
    choices: ['allow', 'skip', 'queue-one'],
    summary: 'while an earlier job is open: run beside it, pass over, or let one wait; default allow',
  },
];

const JOB: readonly FlagSpec[] = [
  { name: 'input', short: 'i', type: 'text', value: 'JSON|@FILE|@-', summary: 'input of the kind' },
  { name: 'priority', type: 'whole', value: '0-9', summary: '9 goes first; default 5' },
  { name: 'attempts', type: 'whole', value: 'N', summary: 'attempts in all; default: what the kind says' },
  { name: 'attempt-timeout', type: 'duration', value: 'TIME', summary: 'longest time of one attempt' },
  { name: 'run', type: 'text', value: 'NAME', summary: 'tie its jobs together under this name' },
];

export const SCHEDULE_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['schedule', 'add'],
    summary: 'make a schedule, or change it',
    examples: [
      {
        line: `tksm schedule add nightly shell --cron '0 2 * * *' --zone Europe/Berlin -i '{"argv":["make"]}'`,
        note: 'every night at two, also in summer',
      },
      { line: 'tksm schedule add poll shell --every 15m --overlap skip -i @job.json', note: 'an interval' },
      { line: 'tksm schedule add later shell --at 2027-01-01T00:00Z -i @job.json', note: 'once' },
    ],
    details:
      'It ticks while something runs the data folder. The same again changes nothing. A local time that does not exist runs ' +
      'when the clock has jumped, one that comes twice runs once; patterns with lists, ranges or steps in their hours or ' +
      'minutes go on in real time.',
    arguments: [NAME, { name: 'kind', summary: 'what its jobs do, as shell' }],
    flags: [...WHEN, ...POLICIES, ...JOB],
    globals: ['data', 'token-file'],
    load: async () => (await import('../handlers/schedule-add.ts')).scheduleAdd,
  },
  {
    path: ['schedule', 'ls'],
    summary: 'list schedules, when they tick next and what came of the last tick',
    examples: [
      { line: 'tksm schedule ls', note: 'all of them' },
      { line: 'tksm schedule ls --json', note: 'with all that is known' },
    ],
    flags: [AT],
    globals: ['data', 'plain'],
    load: async () => (await import('../handlers/schedule-ls.ts')).scheduleLs,
  },
  {
    path: ['schedule', 'next'],
    summary: 'the next ticks, in local time and UTC',
    examples: [
      { line: 'tksm schedule next nightly -n 10', note: 'of one schedule' },
      { line: 'tksm schedule next', note: 'of all' },
    ],
    arguments: [{ ...NAME, optional: true }],
    flags: [{ name: 'limit', short: 'n', type: 'whole', value: 'N', summary: 'so many; default 5' }],
    globals: ['data', 'plain'],
    load: async () => (await import('../handlers/schedule-next.ts')).scheduleNext,
  },
  {
    path: ['schedule', 'pause'],
    summary: 'stop the ticks of a schedule',
    examples: [{ line: 'tksm schedule pause nightly --reason "until the disk is back"', note: 'reversible' }],
    arguments: [NAME],
    flags: [{ name: 'reason', type: 'text', value: 'TEXT', summary: 'why, for the log' }],
    globals: ['data', 'token-file'],
    load: async () => (await import('../handlers/schedule-steer.ts')).schedulePause,
  },
  {
    path: ['schedule', 'resume'],
    summary: 'let a paused schedule tick again',
    examples: [{ line: 'tksm schedule resume nightly', note: 'what it missed is up to its misfire policy' }],
    arguments: [NAME],
    globals: ['data', 'token-file'],
    load: async () => (await import('../handlers/schedule-steer.ts')).scheduleResume,
  },
  {
    path: ['schedule', 'rm'],
    summary: 'remove a schedule; its jobs stay',
    examples: [{ line: 'tksm schedule rm nightly', note: 'what it has queued still runs' }],
    arguments: [NAME],
    globals: ['data', 'token-file'],
    load: async () => (await import('../handlers/schedule-steer.ts')).scheduleRm,
  },
  {
    path: ['schedule', 'backfill'],
    summary: 'submit the jobs of past ticks that have not run',
    examples: [
      { line: 'tksm schedule backfill nightly --from 2026-11-01 --to 2026-11-08', note: 'at most 1,000' },
      { line: 'tksm schedule backfill poll --from -6h', note: 'of the last six hours' },
    ],
    arguments: [NAME],
    flags: [
      { name: 'from', type: 'text', value: 'TIME', summary: 'the first moment' },
      { name: 'to', type: 'text', value: 'TIME', summary: 'the last moment; default now' },
    ],
    globals: ['data', 'token-file'],
    load: async () => (await import('../handlers/schedule-backfill.ts')).scheduleBackfill,
  },
];
