import type {
  ChildRecord,
  ExitReason,
  Instant,
  JobId,
  SupervisorMessage,
  SupervisorPlan,
  SupervisorRecord,
} from '@tksm/abstractions';

/** The id of a supervisor that is a child. */
export const pathOf = (supervisor: string, child: string): string => `${supervisor}/${child}`;

/** The supervisor above one, and as which child it has it; undefined at the root. */
export function parentOf(id: string): { readonly supervisor: string; readonly child: string } | undefined {
  const slash = id.lastIndexOf('/');
  return slash < 0 ? undefined : { supervisor: id.slice(0, slash), child: id.slice(slash + 1) };
}

export function childOf({ children }: SupervisorRecord, id: string): ChildRecord | undefined {
  return children.find(({ spec }) => spec.id === id);
}

/** Whether a supervisor has something to do that nothing else will bring to its attention. */
export function isBusy({ plan, mailbox }: SupervisorRecord): boolean {
  return plan !== undefined || mailbox.length > 0;
}

/** Ids of the children that run or whose end was not looked at yet, last started first. */
export function runningReversed(children: readonly ChildRecord[]): readonly string[] {
  return children
    .filter(({ run }) => run !== undefined)
    .map(({ spec }) => spec.id)
    .reverse();
}

/** Restarts that count at a moment. Source: OTP's supervisor, add_restart. */
export function recentRestarts({ restarts, periodMs }: SupervisorRecord, now: Instant): readonly Instant[] {
  return restarts.filter((at) => at >= now - periodMs);
}

/** A plan, or nothing when nothing is left of it. */
export function withPlan(supervisor: SupervisorRecord, plan: SupervisorPlan): SupervisorRecord {
  const { plan: _, ...rest } = supervisor;
  const isDone = plan.stop.length + plan.start.length === 0 && plan.end === undefined;
  return isDone ? rest : { ...rest, plan };
}

export function withRun(
  supervisor: SupervisorRecord,
  id: string,
  run: NonNullable<ChildRecord['run']>,
): SupervisorRecord {
  const children = supervisor.children.map((child) =>
    child.spec.id === id ? { ...child, run, starts: child.starts + 1 } : child,
  );
  return { ...supervisor, children };
}

/** Children whose end is settled: a temporary one is gone, the others can be started again. */
export function withoutRuns(supervisor: SupervisorRecord, ids: ReadonlySet<string>): SupervisorRecord {
  const children = supervisor.children.flatMap((child) => {
    if (!ids.has(child.spec.id)) return [child];
    const { run: _, ...rest } = child;
    return child.spec.restart === 'temporary' ? [] : [rest];
  });
  const isMoot = (message: SupervisorMessage): boolean => 'exit' in message && ids.has(message.exit);
  return { ...supervisor, children, mailbox: supervisor.mailbox.filter((message) => !isMoot(message)) };
}

/**
 * A supervisor whose child ended: what it waited for while it stops children, else something to take note of. Undefined
 * when that run is none of its.
 */
export function withExit(
  supervisor: SupervisorRecord,
  id: string,
  job: JobId | undefined,
  reason: ExitReason,
): SupervisorRecord | undefined {
  const run = childOf(supervisor, id)?.run;
  if (run === undefined || run.job !== job || run.exited !== undefined) return undefined;
  const { plan } = supervisor;
  if (plan?.stop.includes(id) === true) {
    const stop = plan.stop.filter((other) => other !== id);
    return withPlan(withoutRuns(supervisor, new Set([id])), { ...plan, stop });
  }
  const children = supervisor.children.map((child) =>
    child.spec.id === id ? { ...child, run: { ...run, exited: reason } } : child,
  );
  return { ...supervisor, children, mailbox: [...supervisor.mailbox, { exit: id }] };
}

/** Plans to stop children: the ends of those that have ended already are not looked at any more. */
export function withStops(supervisor: SupervisorRecord, plan: SupervisorPlan): SupervisorRecord {
  const gone = new Set(plan.stop.filter((id) => childOf(supervisor, id)?.run?.exited !== undefined));
  return withPlan(withoutRuns(supervisor, gone), { ...plan, stop: plan.stop.filter((id) => !gone.has(id)) });
}
