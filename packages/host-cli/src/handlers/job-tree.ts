import type { JobView } from '@tksm/abstractions';
import { jobsOfRun } from '../jobs/find-run.ts';
import { jobForest } from '../jobs/job-tree.ts';
import type { TreeNode } from '../jobs/job-tree.ts';
import { statusPaint } from '../jobs/status-paint.ts';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import type { Style } from '../terminal/style.ts';
import { printable } from '../terminal/text-width.ts';
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
  const label = (job: JobView): string => labelOf(job, names.get(job.id) ?? job.id, output.style);
  for (const node of forest) {
    for (const line of linesOf(node, '', '', { limit, label, style: output.style })) output.line(line);
  }
  return EXIT.ok;
};

interface Drawing {
  readonly limit: number;
  readonly label: (job: JobView) => string;
  readonly style: Style;
}

function labelOf(job: JobView, name: string, style: Style): string {
  const { status, spec } = job;
  const what = spec.name === undefined ? spec.kind : `${printable(spec.name)} ${style.dim(spec.kind)}`;
  return `${statusPaint(status, style)(status.padEnd(9))} ${style.dim(name)} ${what}`;
}

function* linesOf(node: TreeNode, first: string, rest: string, drawing: Drawing): Generator<string> {
  const { limit, label, style } = drawing;
  yield (
    first + (node.job === undefined ? style.bold(printable(node.run ?? 'jobs of no run')) : label(node.job))
  );
  const shown = node.children.slice(0, limit);
  const more = node.children.length - shown.length;
  for (const [at, child] of shown.entries()) {
    const isLast = at === shown.length - 1 && more === 0;
    yield* linesOf(child, `${rest}${isLast ? '└─ ' : '├─ '}`, `${rest}${isLast ? '   ' : '│  '}`, drawing);
  }
  if (more > 0) yield `${rest}└─ ${style.dim(`… ${more} more (--limit)`)}`;
}
