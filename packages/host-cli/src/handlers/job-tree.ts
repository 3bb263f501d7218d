import type { JobId, JobView } from '@tksm/abstractions';
import { jobsOfRun } from '../jobs/find-run.ts';
import { jobForest } from '../jobs/job-tree.ts';
import type { TreeNode } from '../jobs/job-tree.ts';
import { statusPaint } from '../jobs/status-paint.ts';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import type { Style } from '../terminal/style.ts';
import { printable } from '../terminal/text-width.ts';
import { treeLines } from '../terminal/tree.ts';
import type { Branch } from '../terminal/tree.ts';
import { longSpan } from '../terminal/times.ts';
import { dataFolder } from '../zone/configuration.ts';
import { jobNamed } from '../zone/job-named.ts';
import { isSystemJob, shortNames } from '../zone/job-names.ts';
import { look } from '../zone/look.ts';

const DEFAULT_LIMIT = 20;

export const jobTree: Handler = async (call) => {
  const { args, flags, output } = call;
  const found = await look(await dataFolder(call), flags.text('at'));
  const { state } = found;
  const run = flags.text('run');
  const all = [...state.jobs.list()].filter((job) => !isSystemJob(job));
  const [text] = args;
  const root = text === undefined ? undefined : await jobNamed(found, text);
  const forest = jobForest(run === undefined ? all : jobsOfRun(state.jobs, run), root);
  if (output.settings.json) {
    output.document({ trees: forest });
    return EXIT.ok;
  }
  if (forest.length === 0) output.notice('there are no jobs yet');
  const names = shortNames(all);
  const limit = flags.number('limit') ?? DEFAULT_LIMIT;
  for (const node of forest) {
    for (const line of treeLines(branchOf(node, { limit, names, now: found.now, style: output.style })))
      output.line(line);
  }
  return EXIT.ok;
};

interface Drawing {
  readonly limit: number;
  readonly names: ReadonlyMap<JobId, string>;
  readonly now: number;
  readonly style: Style;
}

function branchOf(node: TreeNode, drawing: Drawing): Branch {
  const { limit, style } = drawing;
  const label = node.job === undefined ? style.bold(printable(titleOf(node))) : labelOf(node.job, drawing);
  const branches = node.children.slice(0, limit).map((child) => branchOf(child, drawing));
  const more = node.children.length - branches.length;
  if (more > 0) branches.push({ label: style.dim(`… ${more} more (--limit)`), branches: [] });
  return { label, branches };
}

/** How old a job is, and how often it was tried. */
function factsOf({ submittedAt, settledAt, lease, attempts }: JobView, now: number): string[] {
  const age =
    lease !== undefined
      ? `runs for ${longSpan(now - lease.startedAt)}`
      : settledAt !== undefined
        ? `took ${longSpan(settledAt - submittedAt)}`
        : `since ${longSpan(now - submittedAt)}`;
  return attempts === 0 ? [age] : [age, `${attempts} failed ${attempts === 1 ? 'attempt' : 'attempts'}`];
}

function titleOf({ run, supervisor }: TreeNode): string {
  return supervisor === undefined ? (run ?? 'jobs of no run') : `supervisor ${supervisor}`;
}

function labelOf(job: JobView, { names, now, style }: Drawing): string {
  const { id, status, spec } = job;
  const what = spec.name === undefined ? spec.kind : `${printable(spec.name)} ${style.dim(spec.kind)}`;
  const facts = style.dim(factsOf(job, now).join(', '));
  return `${statusPaint(status, style)(status.padEnd(9))} ${style.dim(names.get(id) ?? id)} ${what} ${facts}`;
}
