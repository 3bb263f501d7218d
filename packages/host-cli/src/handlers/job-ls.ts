import { KernelError } from '@tksm/abstractions';
import type { JobReader, JobStatus, JobView } from '@tksm/abstractions';
import { deadLetterQuery, deadLetters } from '../jobs/dead-letters.ts';
import { heldBackLines } from '../jobs/held-back.ts';
import { jobColumns } from '../jobs/job-columns.ts';
import { jobsOfRun } from '../jobs/find-run.ts';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { printTable } from '../terminal/table.ts';
import { isSystemJob, shortNames } from '../zone/job-names.ts';
import { dataFolder } from '../zone/configuration.ts';
import { grouped } from '../terminal/times.ts';
import { look } from '../zone/look.ts';
import type { RetiredJobs } from '../zone/retired-jobs.ts';

const DEFAULT_LIMIT = 50;
/** Retired jobs that are looked through, the latest ones: a list for people, not an export. */
const MAX_RETIRED = 100_000;

export const jobLs: Handler = async (call) => {
  const { flags, output } = call;
  const { state, now, retired } = await look(await dataFolder(call), flags.text('at'));
  const run = flags.text('run');
  const kind = flags.text('kind');
  const schedule = flags.text('schedule');
  const statuses = flags.list('status') as readonly JobStatus[];
  const isDead = flags.on('dead');
  if (isDead && (statuses.length > 0 || run !== undefined || flags.on('retired')))
    throw new KernelError('UsageError', '--dead goes with --kind, --origin, --since and --limit');
  const all = isDead
    ? deadLetters(state.jobs, retired, deadLetterQuery(call, now))
    : flags.on('retired')
      ? latestRetired(retired, state.jobs)
      : run === undefined
        ? state.jobs.list()
        : jobsOfRun(state.jobs, run);
  const isWanted = (job: JobView): boolean =>
    (flags.on('all') || !isSystemJob(job)) &&
    (kind === undefined || job.spec.kind === kind) &&
    (schedule === undefined || job.spec.tick?.schedule === schedule) &&
    (statuses.length === 0 || statuses.includes(job.status));
  const known = [...all];
  const found = known.filter(isWanted);
  const limit = flags.number('limit') ?? (flags.on('all') ? Number.POSITIVE_INFINITY : DEFAULT_LIMIT);
  if (limit === 0) throw new KernelError('UsageError', '--limit is 1 or more');
  const shown = isDead ? found.slice(0, limit) : found.slice(-limit);
  if (output.settings.json) {
    output.document({ jobs: shown, total: found.length, retired: retiredCount(state.jobs) });
    return EXIT.ok;
  }
  if (shown.length === 0) output.notice(known.length === 0 ? 'there are no jobs yet' : 'no job matches');
  printTable(output, jobColumns(shortNames(known), now), shown);
  if (shown.length < found.length) {
    output.notice(
      `the ${isDead ? 'latest' : 'last'} ${shown.length} of ${found.length}; for more: --limit N, or --all`,
    );
  }
  for (const line of heldBackLines(shown, state, now)) output.notice(line);
  const leftOut = flags.on('retired') || isDead ? 0 : retiredCount(state.jobs);
  if (leftOut > 0) output.notice(`${grouped(leftOut)} settled jobs have retired; --retired lists them`);
  return EXIT.ok;
};

/** Jobs that have left the state, longest retired first; those that were recalled are in the state. */
function* latestRetired(retired: RetiredJobs, jobs: JobReader): Generator<JobView> {
  const newest = [...take(retired.latest(), MAX_RETIRED)];
  for (const { id } of newest.reverse()) {
    const job = jobs.get(id);
    if (job?.retired === true) yield job;
  }
}

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  if (count <= 0) return;
  let left = count;
  for (const item of items) {
    yield item;
    if (--left <= 0) return;
  }
}

function retiredCount(jobs: JobReader): number {
  const { succeeded, failed, cancelled } = jobs.retired();
  return succeeded + failed + cancelled;
}
