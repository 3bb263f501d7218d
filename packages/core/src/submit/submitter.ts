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
import { jobSpec, list, storedPayload } from './job-spec.ts';
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
    if (cmd !== undefined) {
      const before = this.#before(cmd, id, spec);
      if (before !== undefined) return before;
    }
    const twin =
      spec.dedupKey === undefined ? undefined : this.#engine.agenda.deduplicated(spec.kind, spec.dedupKey);
    if (twin !== undefined) {
      if (cmd !== undefined) this.#engine.commit([{ type: 'job.deduplicated', v: 1, job: twin, cmd, by }]);
      return this.#receipt(twin, true);
    }
    this.#engine.commit([submitted(id, spec, by, cmd)]);
    return this.#receipt(id, false);
  }

  /** Records tasks under derived ids; those that exist already are left as they are. */
  recordAll(tasks: readonly { readonly id: JobId; readonly spec: JobSpec }[], by: HandleId): void {
    const events: KernelEvent[] = [];
    for (const { id, spec } of tasks) {
      if (this.#engine.job(id) === undefined) events.push(submitted(id, spec, by));
    }
    this.#commitSplit(events);
  }

  /** Whether a job of this id is there already. @throws KernelError `CommandMismatch` when it is another */
  exists(id: JobId, spec: JobSpec, command: string): boolean {
    const job = this.#engine.job(id);
    if (job === undefined) return false;
    const same = job.spec.kind === spec.kind && canonicalJson(job.spec.input) === canonicalJson(spec.input);
    if (same) return true;
    const message = `command ${command} was submitted before, with another kind or input`;
    throw new KernelError('CommandMismatch', message, { data: { cmd: command, job: id } });
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

  #before(cmd: CommandId, id: JobId, spec: JobSpec): TaskReceipt | undefined {
    if (this.exists(id, spec, cmd)) return this.#receipt(id, true);
    const outcome = this.#engine.state.commands.get(cmd);
    if (outcome === undefined) return undefined;
    if ('job' in outcome && this.#engine.job(outcome.job)?.spec.kind === spec.kind) {
      return this.#receipt(outcome.job, true);
    }
    throw new KernelError('CommandMismatch', `command ${cmd} was something else`, { data: { cmd } });
  }

  #receipt(job: JobId, existing: boolean): TaskReceipt {
    return { class: 'task', job, existing, position: this.#engine.job(job)?.position ?? 0 };
  }

  #dependencies(command: Command): readonly JobId[] | undefined {
    if (command.dependsOn === undefined) return undefined;
    return list<Dependency>(command.dependsOn, 'dependsOn').map((dependency) => {
      if (typeof dependency === 'string' && this.#engine.job(dependency) !== undefined) return dependency;
      throw unknownDependency(dependency);
    });
  }
}

function submitted(job: JobId, spec: JobSpec, by: HandleId, cmd?: CommandId): KernelEvent {
  const event = { type: 'job.submitted' as const, v: 1 as const, job, by, spec };
  return cmd === undefined ? event : { ...event, cmd };
}
