import { fromStored, KernelError } from '@tksm/abstractions';
import type {
  Command,
  Instant,
  JobId,
  JobSpec,
  KernelEvent,
  ScheduleName,
  ScheduleRecord,
  SerializedError,
  StoredObject,
  StoredValue,
  TaskKind,
} from '@tksm/abstractions';
import { scheduleEnded } from '../authority/denial.ts';
import { recordedError } from '../jobs/job-error.ts';
import { JobIds } from '../jobs/derive-id.ts';
import type { Engine } from '../kernel/engine.ts';
import { validateInput } from '../kinds/validate-input.ts';
import type { Preparation } from '../operations/operation.ts';
import { hasReferences } from '../sealing/tagged.ts';
import { jobSpec, storedPayload } from '../submit/job-spec.ts';
import { submissions } from '../submit/submissions.ts';
import type { Submitter } from '../submit/submitter.ts';
import type { TickJob } from './decide-ticks.ts';

/** What the jobs of ticks need of the session around them. */
export interface TickJobsHome {
  readonly engine: Engine;
  readonly submitter: Submitter;
  /** @throws KernelError `UnsupportedOperation`, `InvalidOperation` */
  taskOf(command: Command): TaskKind;
}

/** Fields of a job that its schedule decides, or that make no sense for more than one. */
const OWN_FIELDS = [
  ...(['id', 'dedupKey', 'dedupWindowMs', 'debounce'] as const),
  ...(['notBefore', 'deadline', 'dependsOn'] as const),
];

/**
 * Makes the jobs of ticks. A job's id is derived from zone, schedule, generation and nominal instant: whoever submits the
 * job of a tick, and however often, it is that one.
 */
export class TickJobs {
  readonly #home: TickJobsHome;

  constructor(home: TickJobsHome) {
    this.#home = home;
  }

  /**
   * A job as it is kept in a schedule: checked, and with what of its input is somebody's sealed. In the same schedule the
   * same job comes out the same.
   *
   * @throws KernelError `InvalidSchedule`, `UnsupportedOperation`, and what submitting it would be refused with
   */
  async prepare(
    schedule: ScheduleName,
    job: Command,
    { giver, isNew: keep }: Pick<Preparation, 'giver' | 'isNew'>,
  ): Promise<StoredObject> {
    for (const field of OWN_FIELDS) {
      if (job[field] === undefined) continue;
      const message = `the job of a schedule takes no ${field}`;
      throw new KernelError('InvalidSchedule', message, { data: { field: `job.${field}` } });
    }
    const kind = this.#home.taskOf(job);
    const sealing = { place: `schedule ${schedule}`, keep };
    const { input } = await this.#home.submitter.prepare(kind, job, giver, { sealing });
    jobSpec(kind, job, input, {});
    const { input: _, kind: __, ...options } = job;
    return { ...storedOptions(options), kind: kind.name, ...(input !== null && { input }) };
  }

  /** Why a schedule can run no tick here: its handle has ended, or the code of its kind is not there. */
  obstacle(schedule: ScheduleRecord): SerializedError | undefined {
    if (!this.isAllowed(schedule)) return recordedError(scheduleEnded(schedule.by));
    const command = commandOf(schedule);
    try {
      this.#home.taskOf(command);
      return undefined;
    } catch {
      const { kind, version } = command;
      const of = version === undefined ? kind : `${kind} version ${version}`;
      const data = version === undefined ? { kind } : { kind, version };
      return { code: 'CodeMissing', message: `no code for ${of} is registered`, data };
    }
  }

  /** Whether the handle that set a schedule still allows anything. */
  isAllowed({ by }: ScheduleRecord): boolean {
    const { authority, now } = this.#home.engine;
    return authority.isLive(by, now);
  }

  /** The events that submit the job of a tick, or why it is refused. It waits for others, however they end. */
  job(schedule: ScheduleRecord, at: Instant, after: readonly JobId[]): TickJob {
    try {
      const job = this.#of(schedule, at, after);
      return { id: job.id, events: this.#submit(schedule, [job]) };
    } catch (thrown) {
      return { error: recordedError(thrown) };
    }
  }

  /**
   * The events that submit the jobs of past ticks which have not run. Unless its jobs may overlap, each waits for the one
   * before.
   *
   * @throws KernelError as submitting them would
   */
  backfill(schedule: ScheduleRecord, ticks: readonly Instant[]): readonly KernelEvent[] {
    const { engine } = this.#home;
    const isChain = (schedule.spec.overlap ?? 'allow') !== 'allow';
    let before = isChain ? [...engine.agenda.ticks.of(schedule.name)].at(-1) : undefined;
    const jobs: TickOfSchedule[] = [];
    for (const at of ticks) {
      if (this.#hasRun(schedule, at)) continue;
      const job = this.#of(schedule, at, before === undefined ? [] : [before]);
      if (isChain) before = job.id;
      jobs.push(job);
    }
    return jobs.length === 0 ? [] : this.#submit(schedule, jobs);
  }

  #idOf({ name }: ScheduleRecord, generation: number, at: Instant): JobId {
    // With blanks, which no command id of a caller has.
    return new JobIds(this.#home.engine.state.zone, `tick ${name} ${generation} ${at}`).at(0);
  }

  /** Whether the tick has run, in this generation or in one that is remembered. */
  #hasRun(schedule: ScheduleRecord, at: Instant): boolean {
    const { engine } = this.#home;
    return [schedule.generation, ...(schedule.earlier ?? [])].some(
      (generation) => engine.known(this.#idOf(schedule, generation, at)) !== undefined,
    );
  }

  #submit(schedule: ScheduleRecord, jobs: readonly TickOfSchedule[]): KernelEvent[] {
    return submissions(this.#home.engine, jobs, { by: schedule.by, knownTo: 'index' });
  }

  #of(schedule: ScheduleRecord, at: Instant, after: readonly JobId[]): TickOfSchedule {
    const { name, spec, generation } = schedule;
    const command = commandOf(schedule);
    const kind = this.#home.taskOf(command);
    const input = (spec.job['input'] ?? null) as StoredValue;
    checkInput(kind, input);
    const id = this.#idOf(schedule, generation, at);
    const { jitterMs } = spec;
    const given: Command = {
      name,
      ...command,
      ...(jitterMs !== undefined && { notBefore: at + jitterOf(id, jitterMs) }),
      ...(after.length > 0 && { onDependencyFailure: 'run' }),
    };
    return { id, spec: jobSpec(kind, given, input, { dependsOn: after, tick: { schedule: name, at } }) };
  }
}

interface TickOfSchedule {
  readonly id: JobId;
  readonly spec: JobSpec;
}

/** A schedule's job as a command; its input stays as it is stored. */
function commandOf({ spec }: Pick<ScheduleRecord, 'spec'>): Command & { readonly kind: string } {
  const { input: _, ...command } = spec.job;
  return command as unknown as Command & { readonly kind: string };
}

function storedOptions(options: object): StoredObject {
  const stated = Object.entries(options).filter(([, value]) => value !== undefined);
  return storedPayload(Object.fromEntries(stated), 'the job') as StoredObject;
}

/** Checks what can be checked at once; what cannot is checked when an attempt begins. @throws KernelError `InvalidInput` */
function checkInput(kind: TaskKind, input: StoredValue): void {
  if (kind.input === undefined || hasReferences(input)) return;
  const checked = validateInput(kind.input, fromStored(input));
  if (checked instanceof Promise) checked.catch(() => undefined);
}

/** Part of the jitter that a job gets: the first 48 bits of its id decide. */
function jitterOf(id: JobId, jitterMs: number): number {
  return Number.parseInt(id.slice(0, 12), 16) % (jitterMs + 1);
}
