import { canonicalJson, commandId, isKernelError, KernelError } from '@tksm/abstractions';
import type {
  Command,
  CommandId,
  HandleId,
  JobId,
  JobSpec,
  KernelEvent,
  Random,
  StoredValue,
  TaskKind,
  TaskReceipt,
} from '@tksm/abstractions';
import { JobIds } from '../jobs/derive-id.ts';
import type { Engine } from '../kernel/engine.ts';
import { validateInput } from '../kinds/validate-input.ts';
import type { KnownJob } from '../retention/retired-records.ts';
import { jobSpec, list, storedPayload } from './job-spec.ts';
import { submissions } from './submissions.ts';
import { hasBatchRefs } from './batch-refs.ts';
import { unknownDependency } from './batch-order.ts';
import type { Dependency } from './batch-order.ts';

/** A task that passed every check and is not recorded yet. */
export interface PreparedTask {
  readonly kind: TaskKind;
  readonly command: Command;
  readonly input: StoredValue;
}

/** Turns commands for tasks into recorded jobs: once per command id, once per dedup key. */
export class Submitter {
  readonly #engine: Engine;
  readonly #random: Random;

  constructor(engine: Engine, random: Random) {
    this.#engine = engine;
    this.#random = random;
  }

  /** Validates a task's input. At once when its schema does. @throws KernelError `InvalidValue`, `InvalidInput`, `PayloadTooLarge` */
  prepare(kind: TaskKind, command: Command): PreparedTask | Promise<PreparedTask> {
    const input = storedPayload(command.input, 'the input');
    const prepared = { kind, command, input };
    if (kind.input === undefined || hasBatchRefs(input)) return prepared;
    const checked = validateInput(kind.input, command.input);
    return checked instanceof Promise ? checked.then(() => prepared) : prepared;
  }

  /** Records a prepared task, or finds the job that it already is. */
  record(prepared: PreparedTask, by: HandleId): TaskReceipt {
    const { command, kind } = prepared;
    const cmd = command.id === undefined ? undefined : commandId(command.id);
    const dependsOn = this.#dependencies(command);
    const spec = jobSpec(kind, command, prepared.input, { dependsOn });
    const id = new JobIds(this.#engine.state.zone, cmd ?? this.#random.id()).at(0);
    const before = cmd === undefined ? undefined : this.before(id, spec, cmd);
    if (before !== undefined) return this.#receipt(before.id, true);
    const twin =
      spec.dedupKey === undefined ? undefined : this.#engine.agenda.deduplicated(spec.kind, spec.dedupKey);
    if (twin !== undefined) {
      if (cmd !== undefined) this.#engine.commit([{ type: 'job.deduplicated', v: 1, job: twin, cmd, by }]);
      return this.#receipt(twin, true);
    }
    this.#engine.commit(submissions(this.#engine, [{ id, spec }], { by, cmd, mayBeOld: false }));
    return this.#receipt(id, false);
  }

  /** Records tasks under derived ids; those that exist already are left as they are. */
  recordAll(
    tasks: readonly { readonly id: JobId; readonly spec: JobSpec }[],
    by: HandleId,
    cmd?: CommandId,
  ): void {
    this.#commitSplit(submissions(this.#engine, tasks, { by, cmd, mayBeOld: cmd !== undefined }));
  }

  /**
   * The job that a named command is already: itself, or the one whose dedup key it met.
   *
   * @throws KernelError `CommandMismatch` when it was another, `CommandTooOld` when it is past the window
   */
  before(id: JobId, spec: JobSpec, cmd: CommandId): KnownJob | undefined {
    const { state, retired, now } = this.#engine;
    const found = state.jobs.get(id) ?? state.commands.get(cmd) ?? retired.named(id, cmd, now);
    if (found === undefined) return undefined;
    if ('spec' in found) {
      if (isSame(found.spec, spec)) return found;
    } else if ('job' in found) {
      const twin = this.#engine.known(found.job);
      if (twin?.spec.kind === spec.kind) return twin;
    }
    const message = `command ${cmd} was submitted before, with another kind or input`;
    throw new KernelError('CommandMismatch', message, { data: { cmd, job: id } });
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

  #dependencies(command: Command): readonly JobId[] | undefined {
    if (command.dependsOn === undefined) return undefined;
    return list<Dependency>(command.dependsOn, 'dependsOn').map((dependency) => {
      if (typeof dependency === 'string' && this.#engine.known(dependency as JobId) !== undefined)
        return dependency;
      throw unknownDependency(dependency);
    });
  }
}

function isSame(one: JobSpec, other: JobSpec): boolean {
  return one.kind === other.kind && canonicalJson(one.input) === canonicalJson(other.input);
}
