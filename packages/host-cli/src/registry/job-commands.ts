import type { CommandSpec } from './command-spec.ts';
import type { ArgumentSpec, FlagSpec } from './flag-spec.ts';
import { AT } from './state-commands.ts';

const JOB: ArgumentSpec = {
  name: 'job',
  summary: 'a job: its id, the start of it, or the short form that lists show',
};
const RUN: FlagSpec = { name: 'run', type: 'text', value: 'RUN', summary: 'all jobs of a run' };
/** Which dead letters are meant. */
const DEAD: readonly FlagSpec[] = [
  { name: 'dead', type: 'switch', summary: 'those that failed for good, retired ones included' },
  { name: 'origin', type: 'text', value: 'ORIGIN', summary: 'with --dead: only of this origin' },
  { name: 'since', type: 'text', value: 'TIME', summary: 'with --dead: that failed since: -1h, 2026-11-21' },
];
/** What is paused as a whole. */
const PAUSABLE: readonly FlagSpec[] = [
  { name: 'kind', short: 'k', type: 'text', value: 'KIND', summary: 'all jobs of this kind' },
  { name: 'pool', type: 'text', value: 'POOL', summary: 'all jobs of this pool' },
];
const CONCURRENCY: FlagSpec = {
  name: 'concurrency',
  type: 'whole',
  value: 'N',
  summary: 'jobs that run at the same time',
};

const JOB_STATUSES = [
  'queued',
  'blocked',
  'delayed',
  'running',
  'waiting',
  'held',
  'succeeded',
  'failed',
  'cancelled',
] as const;

export const JOB_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['job', 'submit'],
    summary: 'queue a job, durably',
    examples: [
      {
        line: `tksm job submit shell --input '{"argv":["make"]}' --wait`,
        note: 'run it now; exit as it ended',
      },
      {
        line: `tksm job submit module --input '{"module":"resize.mjs","input":{"width":80}}'`,
        note: 'a function of an ES module, in a process of its own',
      },
      { line: 'tksm job submit shell --input @job.json --priority 9', note: 'queue it; input from a file' },
      { line: 'tksm job submit shell --input @job.json --in 10m', note: 'not before ten minutes from now' },
      { line: 'tksm job submit shell --input @- --id nightly-7', note: 'the same id again queues nothing' },
      { line: 'tksm job submit --file jobs.ndjson --id import-7', note: 'a job a line, all of them or none' },
    ],
    details:
      'Without --wait the job stays queued until something runs the data folder: tksm run, or tksm job watch. ' +
      'An operation, as finance.mint, is done at once. With --wait its output goes to stdout and the exit code is its outcome. When another process runs the folder, ' +
      'it is submitted there. A line of --file has kind, input and any option of a job, by the names of the library; ' +
      'what it leaves out the flags say.',
    arguments: [{ name: 'kind', summary: 'what to do, as shell', optional: true }],
    flags: [
      { name: 'file', short: 'f', type: 'text', value: 'FILE|-', summary: 'jobs as NDJSON, one batch' },
      { name: 'input', short: 'i', type: 'text', value: 'JSON|@FILE|@-', summary: 'input of the kind' },
      { name: 'wait', short: 'w', type: 'switch', summary: 'run until the job has ended' },
      { name: 'name', type: 'text', value: 'NAME', summary: 'label for people' },
      { name: 'priority', type: 'whole', value: '0-9', summary: '9 goes first; default 5' },
      { name: 'id', type: 'text', value: 'ID', summary: 'makes it idempotent: one id, one job' },
      {
        name: 'dedup-key',
        type: 'text',
        value: 'KEY',
        summary: 'be the live job of this kind and key, if any',
      },
      {
        name: 'dedup-window',
        type: 'duration',
        value: 'TIME',
        summary: 'with --dedup-key: for so long also when that job has settled',
      },
      {
        name: 'debounce',
        type: 'duration',
        value: 'TIME',
        summary: 'begin when no other of the same --debounce-key came for so long; the last input counts',
      },
      { name: 'debounce-key', type: 'text', value: 'KEY', summary: 'what --debounce goes by' },
      {
        name: 'debounce-max',
        type: 'duration',
        value: 'TIME',
        summary: 'at the latest so long after the first; default: ten times',
      },
      { name: 'origin', type: 'text', value: 'NAME', summary: 'who it counts against in shares and quotas' },
      { name: 'agent', type: 'text', value: 'NAME', summary: 'one after the other with its other jobs' },
      { name: 'pool', type: 'text', value: 'NAME', summary: 'whose slots it runs in' },
      { name: 'after', type: 'list', value: 'JOB', summary: 'not before this job has succeeded' },
      {
        name: 'attempts',
        type: 'whole',
        value: 'N',
        summary: 'attempts in all; default: what the kind says',
      },
      {
        name: 'backoff',
        type: 'text',
        value: 'TIME,TIME,…',
        summary: 'delays before each further attempt, as 1s,5s,1m; the last one repeats',
      },
      { name: 'attempt-timeout', type: 'duration', value: 'TIME', summary: 'longest time of one attempt' },
      { name: 'deadline', type: 'duration', value: 'TIME', summary: 'fail when not settled by then' },
      { name: 'at', type: 'text', value: 'TIME', summary: 'not before then: 2026-11-21T06:00Z' },
      { name: 'in', type: 'duration', value: 'TIME', summary: 'not before so long from now' },
      { name: 'run', type: 'text', value: 'NAME', summary: 'tie it to others under this name' },
      { name: 'require', type: 'list', value: 'LABEL', summary: 'a label that its worker must have' },
      { name: 'prefer', type: 'list', value: 'LABEL', summary: 'a label that its worker would better have' },
    ],
    globals: ['data', 'token-file', 'timeout'],
    load: async () => (await import('../handlers/job-submit.ts')).jobSubmit,
  },
  {
    path: ['job', 'ls'],
    summary: 'list jobs, newest last',
    examples: [
      { line: 'tksm job ls', note: 'the last 50' },
      { line: 'tksm job ls --status failed --status held', note: 'what needs a look' },
      { line: 'tksm job ls --plain | cut -f1', note: 'ids in full, for scripts' },
      { line: 'tksm job ls --dead --since -1d', note: 'what failed for good since yesterday, newest first' },
      { line: 'tksm job ls --at -10m', note: 'as they were ten minutes ago' },
    ],
    flags: [
      {
        name: 'status',
        short: 's',
        type: 'list',
        value: 'STATUS',
        summary: 'only these',
        choices: JOB_STATUSES,
      },
      { name: 'kind', short: 'k', type: 'text', value: 'KIND', summary: 'only this kind' },
      { name: 'schedule', type: 'text', value: 'NAME', summary: 'only those of a schedule' },
      RUN,
      {
        name: 'limit',
        short: 'n',
        type: 'whole',
        value: 'N',
        summary: 'at most so many, the newest; default 50',
      },
      { name: 'all', short: 'a', type: 'switch', summary: "without limit, the kernel's own jobs included" },
      ...DEAD,
      { name: 'retired', type: 'switch', summary: 'those that have left the memory of the kernel' },
      AT,
    ],
    globals: ['data', 'plain'],
    load: async () => (await import('../handlers/job-ls.ts')).jobLs,
  },
  {
    path: ['job', 'show'],
    summary: 'all that is known of a job',
    examples: [
      { line: 'tksm job show 3fa2b1c9', note: 'facts, steps, outcome' },
      { line: 'tksm job show 3fa2b1c9 --json', note: 'the record, with its events' },
    ],
    arguments: [JOB],
    flags: [{ name: 'events', type: 'switch', summary: 'its events, too' }, AT],
    globals: ['data'],
    load: async () => (await import('../handlers/job-show.ts')).jobShow,
  },
  {
    path: ['job', 'watch'],
    summary: 'run the data folder until a job has ended, or follow who runs it',
    examples: [{ line: 'tksm job watch 3fa2b1c9', note: 'exit code = outcome of the job' }],
    details:
      'Opens the data folder and runs what is queued until the job has settled. When another process runs the folder, ' +
      'it only watches: interrupting it leaves the job alone, and exit code 6 says that the other process has gone.',
    arguments: [JOB],
    flags: [CONCURRENCY],
    globals: ['data', 'token-file', 'timeout'],
    load: async () => (await import('../handlers/job-watch.ts')).jobWatch,
  },
  {
    path: ['job', 'timeline'],
    summary: 'what a job waited for and did, drawn over time',
    examples: [
      { line: 'tksm job timeline 3fa2b1c9', note: 'queue, attempts, steps, retries, end' },
      { line: 'tksm job timeline 3fa2b1c9 --json', note: 'the spans, and their sums in ms' },
    ],
    arguments: [JOB],
    flags: [AT],
    globals: ['data', 'plain'],
    load: async () => (await import('../handlers/job-timeline.ts')).jobTimeline,
  },
  {
    path: ['job', 'tree'],
    summary: 'jobs under the runs, jobs and supervisors that made them',
    examples: [
      { line: 'tksm job tree', note: 'all runs' },
      { line: 'tksm job tree 3fa2b1c9', note: 'one job and its children' },
    ],
    arguments: [{ ...JOB, optional: true }],
    flags: [
      RUN,
      { name: 'limit', short: 'n', type: 'whole', value: 'N', summary: 'children shown of each; default 20' },
      AT,
    ],
    globals: ['data'],
    load: async () => (await import('../handlers/job-tree.ts')).jobTree,
  },
  {
    path: ['job', 'cancel'],
    summary: 'cancel jobs that have not ended',
    examples: [
      {
        line: 'tksm job cancel 3fa2b1c9 --reason superseded',
        note: 'one job, and the children it waits for',
      },
      { line: 'tksm job cancel 3fa2b1c9 --tree', note: 'all below it, too, whoever waits for it' },
      { line: 'tksm job cancel --run run:9c1e… --yes', note: 'what is left of a run' },
    ],
    arguments: [{ ...JOB, optional: true, variadic: true }],
    flags: [
      RUN,
      { name: 'tree', type: 'switch', summary: 'with all that they submitted, detached or not' },
      { name: 'reason', type: 'text', value: 'TEXT', summary: 'why, for the log' },
    ],
    globals: ['data', 'token-file', 'yes', 'dry-run'],
    load: async () => (await import('../handlers/job-cancel.ts')).jobCancel,
  },
  {
    path: ['job', 'pause'],
    summary: 'begin no more jobs of a kind or pool, or hold single jobs',
    examples: [
      { line: 'tksm job pause --kind mail --reason "the server is down"', note: 'what runs goes on' },
      { line: 'tksm job pause --pool gpu', note: 'the same for a pool; that of most jobs is called default' },
      { line: 'tksm job pause 3fa2b1c9', note: 'one job that has not begun' },
    ],
    details:
      'What is paused stays so over restarts. tksm job show and tksm health say what is paused, and why.',
    arguments: [{ ...JOB, optional: true, variadic: true }],
    flags: [
      ...PAUSABLE,
      RUN,
      { name: 'reason', type: 'text', value: 'TEXT', summary: 'why, for whoever asks' },
    ],
    globals: ['data', 'token-file', 'dry-run'],
    load: async () => (await import('../handlers/job-pause.ts')).jobPause,
  },
  {
    path: ['job', 'resume'],
    summary: 'let a paused kind, pool or job go on',
    examples: [
      { line: 'tksm job resume --kind mail', note: 'its jobs begin again, oldest first' },
      { line: 'tksm job resume 3fa2b1c9', note: 'with its attempts and dependencies as they were' },
    ],
    arguments: [{ ...JOB, optional: true, variadic: true }],
    flags: [...PAUSABLE, RUN],
    globals: ['data', 'token-file', 'dry-run'],
    load: async () => (await import('../handlers/job-pause.ts')).jobResume,
  },
  {
    path: ['job', 'retry'],
    summary: 'put failed, cancelled or held jobs back into the queue',
    examples: [
      { line: 'tksm job retry 3fa2b1c9', note: 'with a fresh count of attempts' },
      { line: 'tksm job retry --run run:9c1e…', note: 'all that did not succeed' },
      {
        line: 'tksm job retry --dead --kind shell --since -1h',
        note: 'what failed for good, the latest 100',
      },
    ],
    arguments: [{ ...JOB, optional: true, variadic: true }],
    flags: [
      RUN,
      ...DEAD,
      { name: 'kind', short: 'k', type: 'text', value: 'KIND', summary: 'with --dead: only this kind' },
      {
        name: 'limit',
        short: 'n',
        type: 'whole',
        value: 'N',
        summary: 'with --dead: at most so many; default 100',
      },
    ],
    globals: ['data', 'token-file', 'dry-run'],
    load: async () => (await import('../handlers/job-retry.ts')).jobRetry,
  },
];
