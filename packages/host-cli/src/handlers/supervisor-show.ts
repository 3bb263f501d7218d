import type { ChildRecord, StateReader, SupervisorRecord } from '@tksm/abstractions';
import { statusPaint } from '../jobs/status-paint.ts';
import type { Handler } from '../program/invocation.ts';
import { findSupervisor } from '../supervisors/find-supervisor.ts';
import { restartsText, supervisorPaint, supervisorStatus } from '../supervisors/supervisor-status.ts';
import { EXIT } from '../terminal/exit-code.ts';
import type { Style } from '../terminal/style.ts';
import { longSpan } from '../terminal/times.ts';
import { treeLines } from '../terminal/tree.ts';
import type { Branch } from '../terminal/tree.ts';
import { dataFolder } from '../zone/configuration.ts';
import { isSystemJob, shortNames } from '../zone/job-names.ts';
import { look } from '../zone/look.ts';

export const supervisorShow: Handler = async (call) => {
  const { args, flags, output } = call;
  const { state, now } = await look(await dataFolder(call), flags.text('at'));
  const supervisor = findSupervisor(state, args[0] ?? '');
  if (output.settings.json) {
    const below = [...state.supervisors.list()].filter(({ id }) => id.startsWith(`${supervisor.id}/`));
    output.document({ ...supervisor, below });
    return EXIT.ok;
  }
  const names = shortNames([...state.jobs.list()].filter((job) => !isSystemJob(job)));
  const drawing = { state, now, names, style: output.style };
  for (const line of treeLines(branchOf(supervisor, drawing))) output.line(line);
  return EXIT.ok;
};

interface Drawing {
  readonly state: StateReader;
  readonly now: number;
  readonly names: ReturnType<typeof shortNames>;
  readonly style: Style;
}

function branchOf(supervisor: SupervisorRecord, drawing: Drawing): Branch {
  const { style, now, state } = drawing;
  const { id, strategy, periodMs, children } = supervisor;
  const status = supervisorPaint(supervisor, style)(supervisorStatus(supervisor));
  const restarts = `${restartsText(supervisor, now)} restarts in ${longSpan(periodMs)}`;
  return {
    label: `${style.bold(id)} ${status} ${style.dim(`${strategy}, ${restarts}`)}`,
    branches: children.map((child) => {
      const nested = state.supervisors.get(`${id}/${child.spec.id}`);
      return nested === undefined
        ? { label: labelOf(child, drawing), branches: [] }
        : branchOf(nested, drawing);
    }),
  };
}

function labelOf({ spec, starts, run }: ChildRecord, { state, names, style }: Drawing): string {
  const job = run?.job === undefined ? undefined : state.jobs.get(run.job);
  const status = job?.status ?? (run === undefined ? 'stopped' : 'ended');
  const painted = job === undefined ? style.dim(status) : statusPaint(job.status, style)(status);
  const what = 'job' in spec ? spec.job.kind : 'supervisor';
  const name = job === undefined ? '' : ` ${style.dim(names.get(job.id) ?? job.id)}`;
  const often = starts > 1 ? `, started ${starts} times` : '';
  return `${painted}${name} ${spec.id} ${style.dim(`${what}, ${spec.restart}${often}`)}`;
}
