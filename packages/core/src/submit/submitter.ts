import { commandId, fromStored, isKernelError, jobId, KernelError } from '@tksm/abstractions';
import type {
  Command,
  CommandId,
  HandleId,
  JobId,
  JobSpec,
  KernelEvent,
  Random,
  RightUse,
  StoredValue,
  TaskKind,
  TaskReceipt,
} from '@tksm/abstractions';
import { asksOf } from '../drivers/call-kind.ts';
import { deriveJobId } from '../jobs/derive-id.ts';
import { seenBy } from '../jobs/may-look.ts';
import type { Engine } from '../kernel/engine.ts';
import { validateInput } from '../kinds/validate-input.ts';
import type { CommandOutcome } from '../state/kernel-state.ts';
import type { KnownJob } from '../retention/retired-records.ts';
import type { Giver } from '../sealing/giver.ts';
import { takePayload } from '../sealing/payload.ts';
import type { Payload } from '../sealing/payload.ts';
import { isSameValue } from '../sealing/same-input.ts';
import type { Sealer } from '../sealing/sealer.ts';
import { hasReferences } from '../sealing/tagged.ts';
import { refuseClearSecrets } from '../secrets/clear-secrets.ts';
import { jobSpec } from './job-spec.ts';
import { judgeInput, judgeKind, judgeUses } from './judged-early.ts';
import { list } from './spec-fields.ts';
import { submissions } from './submissions.ts';
import type { SubmissionOptions } from './submissions.ts';
import { unknownDependency } from './batch-order.ts';
import type { Dependency } from './batch-order.ts';
import { checkWindows, putOff, twinOf, waitingFor } from './unique.ts';

/** A task that passed every check and is not recorded yet. */
export interface PreparedTask {
  readonly kind: TaskKind;
  readonly command: Command;
  readonly input: StoredValue;
  /** What it needs in place of a right to submit its kind, where its kind says so. */
  readonly uses?: readonly RightUse[];
}

/** A job that is known before it is submitted, because its command has a name. */
interface NamedJob {
  readonly id: JobId;
  readonly cmd: CommandId;
}

/** A job that is about to be recorded. */
export interface NewJob {
  readonly id: JobId;
  readonly spec: JobSpec;
}

/** What is known of a task before it is prepared. */
interface Preparation {
  /** By whom its job will be, to be judged before anything is done or told. Absent: judged when it is recorded. */
  readonly by?: HandleId;
  readonly as?: NamedJob | undefined;
  /** Where its sensitive parts are sealed, and whether they are kept. Default: by its name. */
  readonly sealing?: Sealing;
}

interface Sealing {
  readonly place: string | undefined;
  readonly keep: boolean;
}

/** Turns commands for tasks into recorded jobs: once per command id, once per dedup key. */
export class Submitter {
  readonly #engine: Engine;
  readonly #random: Random;
  readonly #sealer: Sealer;

  constructor(engine: Engine, random: Random, sealer: Sealer) {
    this.#engine = engine;
    this.#random = random;
    this.#sealer = sealer;
  }

  /**
   * Validates a task's input, and seals what of it is somebody's. At once when its schema does, and nothing is.
   *
   * @throws KernelError `InvalidValue`, `InvalidInput`, `PayloadTooLarge`, `SecretInClear`; `CapabilityDenied`, also for a
   * sealed value that its giver was not shown
   */
  prepare(
    kind: TaskKind,
    command: Command,
    giver: Giver,
    { by, as, sealing }: Preparation = {},
  ): PreparedTask | Promise<PreparedTask> {
    if (by !== undefined) judgeKind(kind, by, this.#engine);
    const payload = takePayload(command.input, 'the input', kind.sensitive?.input, { giver });
    if (by !== undefined) judgeInput(kind, payload, by, this.#engine);
    refuseClearSecrets(kind, payload.clear);
    if (payload.parts.length > 0) {
      return this.#prepareSealed(
        kind,
        command,
        payload,
        sealing ?? this.#sealingOf(as ?? this.#named(command)),
      );
    }
    const input = payload.clear;
    const prepared = { kind, command, input };
    // What stands for something else is checked when an attempt knows what it is.
    if (kind.input === undefined || hasReferences(input)) return prepared;
    const checked = validateInput(kind.input, command.input);
    return checked instanceof Promise
      ? checked.then((value) => {
          refuseClearSecrets(kind, input);
          return asking(prepared, value);
        })
      : asking(prepared, checked);
  }

  async #prepareSealed(
    kind: TaskKind,
    command: Command,
    payload: Payload,
    sealing: Sealing,
  ): Promise<PreparedTask> {
    if (!hasReferences(payload.clear)) await validateInput(kind.input, fromStored(payload.clear));
    refuseClearSecrets(kind, payload.clear);
    return { kind, command, input: await this.#sealer.seal(payload, sealing) };
  }

  /** A repeated command is only compared. */
  #sealingOf(as: NamedJob | undefined): Sealing {
    const keep = as === undefined || this.#found(as.id, as.cmd) === undefined;
    return { place: as && `${as.cmd}/${as.id}`, keep };
  }

  #named({ id }: Command): NamedJob | undefined {
    if (id === undefined) return undefined;
    const cmd = commandId(id);
    return { cmd, id: this.#idOf(cmd) };
  }

  /** A job without a name has an id that was drawn. */
  #idOf(cmd: CommandId | undefined): JobId {
    return cmd === undefined ? jobId(this.#random.id()) : deriveJobId(this.#engine.state.zone, cmd);
  }

  /** Records a prepared task, or finds the job that it already is. */
  record(prepared: PreparedTask, by: HandleId): TaskReceipt {
    judgeUses(prepared, by, this.#engine);
    const { command, kind } = prepared;
    const cmd = command.id === undefined ? undefined : commandId(command.id);
    const dependsOn = this.#dependencies(command, by);
    const spec = jobSpec(kind, command, prepared.input, { dependsOn, uses: prepared.uses });
    const id = this.#idOf(cmd);
    const before = cmd === undefined ? undefined : this.before(id, spec, cmd);
    if (before !== undefined) return this.#receipt(before.id, true);
    const twin = twinOf(spec, this.#engine);
    if (twin !== undefined) {
      if (cmd !== undefined)
        this.#engine.commit([{ type: 'job.deduplicated', v: 1, job: twin, cmd, by, ...usesOf(spec) }]);
      return this.#receipt(twin, true);
    }
    if (spec.debounce !== undefined) return this.#debounce({ id, spec }, by, cmd);
    checkWindows(spec, this.#engine);
    return this.#submit({ id, spec }, by, cmd);
  }

  #submit(job: NewJob, by: HandleId, cmd: CommandId | undefined): TaskReceipt {
    this.#engine.commit(submissions(this.#engine, [job], { by, cmd, knownTo: 'nobody' }));
    return this.#receipt(job.id, false);
  }

  /** Puts off the job that waits for this submission, or submits one that waits for the next. */
  #debounce({ id, spec }: NewJob, by: HandleId, cmd: CommandId | undefined): TaskReceipt {
    const { now } = this.#engine;
    const waiting = waitingFor(spec, this.#engine);
    if (waiting === undefined)
      return this.#submit({ id, spec: { ...spec, notBefore: now + (spec.debounce?.ms ?? 0) } }, by, cmd);
    const notBefore = putOff(waiting, spec, now);
    const change = { job: waiting.id, input: spec.input, ...usesOf(spec), notBefore };
    this.#engine.commit([{ type: 'job.debounced', v: 1, by, ...change, ...(cmd !== undefined && { cmd }) }]);
    return this.#receipt(waiting.id, true);
  }

  /** Records tasks under derived ids; those that exist already are left as they are. */
  recordAll(tasks: readonly NewJob[], options: SubmissionOptions): void {
    this.#commitSplit(submissions(this.#engine, tasks, options));
  }

  /**
   * The job that a named command is already: itself, or the one whose dedup key it met.
   *
   * @throws KernelError `CommandMismatch` when it was another, `CommandTooOld` when it is past the window
   */
  before(id: JobId, spec: JobSpec, cmd: CommandId): KnownJob | undefined {
    const found = this.#found(id, cmd);
    if (found === undefined) return undefined;
    if ('spec' in found) {
      if (this.#isSame(found.spec, spec)) return found;
    } else if ('job' in found) {
      const twin = this.#engine.known(found.job);
      if (twin?.spec.kind === spec.kind) return twin;
    }
    const message = `command ${cmd} was submitted before, with another kind or input`;
    throw new KernelError('CommandMismatch', message, { data: { cmd, job: id } });
  }

  /** @throws KernelError `CommandTooOld` */
  #found(id: JobId, cmd: CommandId): KnownJob | CommandOutcome | undefined {
    const { state, retired, now } = this.#engine;
    return state.jobs.get(id) ?? state.commands.get(cmd) ?? retired.named(id, cmd, now);
  }

  #isSame(one: JobSpec, other: JobSpec): boolean {
    if (one.kind !== other.kind) return false;
    // The input of a debounced job may be that of a later submission.
    if (one.debounce !== undefined) return other.debounce !== undefined;
    return isSameValue(one.input, other.input, this.#engine.state.world);
  }

  /** Tasks need not share a frame: what is too large for one goes into several. */
  #commitSplit(events: readonly KernelEvent[]): void {
    if (events.length === 0) return;
    try {
      this.#engine.commit(events);
    } catch (error) {
      if (events.length === 1 || !isKernelError(error, 'FrameTooLarge')) throw error;
      const middle = events.length >>> 1;
      this.#commitSplit(events.slice(0, middle));
      this.#commitSplit(events.slice(middle));
    }
  }

  #receipt(job: JobId, existing: boolean): TaskReceipt {
    return { class: 'task', job, existing, position: this.#engine.known(job)?.position ?? 0 };
  }

  #dependencies(command: Command, by: HandleId): readonly JobId[] | undefined {
    if (command.dependsOn === undefined) return undefined;
    return list<Dependency>(command.dependsOn, 'dependsOn').map((dependency) => {
      if (typeof dependency === 'string' && seenBy(this.#engine, by, dependency) !== undefined)
        return dependency;
      throw unknownDependency(dependency);
    });
  }
}

/** With what it needs, where its kind says so. */
function asking(task: PreparedTask, input: unknown): PreparedTask {
  const uses = asksOf(task.kind, input);
  return uses === undefined ? task : { ...task, uses };
}

function usesOf({ uses }: JobSpec): Pick<JobSpec, 'uses'> {
  return uses === undefined ? {} : { uses };
}
