import { commandId } from '@tksm/abstractions';
import type { Command, HandleId, JobId, JobSpec, Random, TaskKind, TaskReceipt } from '@tksm/abstractions';
import { JobIds } from '../jobs/derive-id.ts';
import { seenBy } from '../jobs/may-look.ts';
import type { Engine } from '../kernel/engine.ts';
import { jobSpec, refuseOwnId } from './job-spec.ts';
import { judgeUses } from './judged-early.ts';
import { hasBatchRefs, resolveBatchRefs } from './batch-refs.ts';
import { checkLanes } from './open-lanes.ts';
import { orderBatch, unknownDependency } from './batch-order.ts';
import type { NewJob, PreparedTask, Submitter } from './submitter.ts';

/** Jobs that are recorded as one group. */
const GROUP = 250;
/** Jobs after which the loop turns once: flushes begin, and nobody else waits for the whole batch. */
const BREATH = 2_000;

export interface BulkContext {
  readonly engine: Engine;
  readonly submitter: Submitter;
  readonly random: Random;
  readonly by: HandleId;
  /** Lets the event loop turn. */
  breathe(): Promise<void>;
}

/** Submits many tasks at once. Checked as a whole first; written in groups, dependencies before their dependents. */
export async function enqueueBulk(
  commands: readonly Command[],
  kindOf: (command: Command) => TaskKind,
  context: BulkContext,
  id: string | undefined,
): Promise<readonly TaskReceipt[]> {
  const { engine, submitter, by } = context;
  const cmd = id === undefined ? undefined : commandId(id);
  const ids = new JobIds(engine.state.zone, cmd ?? context.random.id());
  const { indexOf, order } = orderBatch(commands);
  const tasks: NewJob[] = [];
  for (const command of commands) {
    refuseOwnId(command, 'a job of a batch');
    const id = ids.at(tasks.length);
    const kind = kindOf(command);
    const as = cmd && { id, cmd };
    const prepared = submitter.prepare(kind, command, { handle: by }, { by, as });
    const task = prepared instanceof Promise ? await prepared : prepared;
    judgeUses(task, by, engine);
    tasks.push({ id, spec: specOf(task) });
    if (tasks.length % BREATH === 0) await context.breathe();
  }
  // Only what has a command id can have been submitted before.
  const existing = cmd && tasks.map((task) => submitter.before(task.id, task.spec, cmd) !== undefined);
  const fresh = existing === undefined ? tasks : tasks.filter((_, index) => existing[index] === false);
  engine.authority.admitJobs(by, fresh, engine.now);
  checkLanes(fresh, by, engine);
  const places = engine.admission.reserve(fresh, engine.now);
  try {
    for (let start = 0; start < order.length; start += GROUP) {
      const jobs: NewJob[] = [];
      for (const index of order.slice(start, start + GROUP)) {
        const task = tasks[index];
        if (task !== undefined && existing?.[index] !== true) jobs.push(task);
      }
      places.use(jobs);
      submitter.recordAll(jobs, { by, cmd, knownTo: cmd === undefined ? 'nobody' : 'index' });
      if ((start + GROUP) % BREATH === 0) await context.breathe();
      if (engine.isBehind) await engine.durable();
    }
  } finally {
    places.release();
  }
  await engine.durable();
  return tasks.map((task, index) => ({
    class: 'task',
    job: task.id,
    existing: existing?.[index] ?? false,
    position: engine.known(task.id)?.position ?? 0,
  }));

  function idOf(name: string): JobId | undefined {
    const index = indexOf.get(name);
    return index === undefined ? undefined : ids.at(index);
  }

  function specOf({ kind, command, input, uses }: PreparedTask): JobSpec {
    const dependsOn = command.dependsOn?.map((dependency): JobId => {
      if (typeof dependency !== 'string') return ids.at(indexOf.get(dependency.name) ?? 0);
      if (seenBy(engine, by, dependency) === undefined) throw unknownDependency(dependency);
      return dependency;
    });
    const stored = hasBatchRefs(input) ? resolveBatchRefs(input, idOf) : input;
    return jobSpec(kind, command, stored, { dependsOn, uses });
  }
}
