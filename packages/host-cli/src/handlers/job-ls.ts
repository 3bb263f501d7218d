import { KernelError } from '@tksm/abstractions';
import type { JobStatus, JobView } from '@tksm/abstractions';
import { jobColumns } from '../jobs/job-columns.ts';
import { jobsOfRun } from '../jobs/find-run.ts';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { printTable } from '../terminal/table.ts';
import { isSystemJob, shortNames } from '../zone/job-names.ts';
import { dataFolder } from '../zone/configuration.ts';
import { look } from '../zone/look.ts';

const DEFAULT_LIMIT = 50;

export const jobLs: Handler = async (call) => {
  const { flags, output } = call;
  const { state, now } = await look(await dataFolder(call), flags.text('at'));
  const run = flags.text('run');
  const kind = flags.text('kind');
  const statuses = flags.list('status') as readonly JobStatus[];
  const all = run === undefined ? state.jobs.list() : jobsOfRun(state.jobs, run);
  const isWanted = (job: JobView): boolean =>
    (flags.on('all') || !isSystemJob(job)) &&
    (kind === undefined || job.spec.kind === kind) &&
    (statuses.length === 0 || statuses.includes(job.status));
  const known = [...all];
  const found = known.filter(isWanted);
  const limit = flags.number('limit') ?? (flags.on('all') ? Number.POSITIVE_INFINITY : DEFAULT_LIMIT);
  if (limit === 0) throw new KernelError('UsageError', '--limit is 1 or more');
  const shown = found.slice(-limit);
  if (output.settings.json) {
    output.document({ jobs: shown, total: found.length });
    return EXIT.ok;
  }
  if (shown.length === 0) output.notice(known.length === 0 ? 'there are no jobs yet' : 'no job matches');
  printTable(output, jobColumns(shortNames(known), now), shown);
  if (shown.length < found.length) {
    output.notice(`the last ${shown.length} of ${found.length}; for more: --limit N, or --all`);
  }
  return EXIT.ok;
};
