import { fromStored, jobId } from '@tksm/abstractions';
import type {
  AttemptInbox,
  AttemptJobs,
  AttemptLease,
  AttemptVars,
  BlobStore,
  Clock,
  Command,
  JobId,
  JobView,
  Logger,
  Message,
  MessageFilter,
  Random,
  ReceiveOptions,
  Signal,
  TaskContext,
  Value,
} from '@tksm/abstractions';
import { viewOf } from '../state/state-reader.ts';
import { unknownDependency } from '../submit/batch-order.ts';
import type { Dependency } from '../submit/batch-order.ts';
import { jobSpec, refuseOwnId } from '../submit/job-spec.ts';
import { list } from '../submit/spec-fields.ts';
import type { Attempt } from './attempt.ts';
import type { AttemptHost } from './attempt-host.ts';
import { attemptJobs, attemptVars } from './attempt-views.ts';
import { serveCall } from '../drivers/serve-call.ts';
import { JobIds } from './derive-id.ts';
import { Effects } from './effects.ts';
import { StepOrder } from './step-order.ts';
import { attemptInbox } from '../waits/attempt-inbox.ts';
import { AttemptWaits, never } from '../waits/attempt-waits.ts';
import type { WaitParts } from '../waits/attempt-waits.ts';

/** What a handler sees. Effects wait in a buffer for the next step or the result. */
export class AttemptContext implements TaskContext {
  #effects: Effects | undefined;
  readonly #host: AttemptHost;
  readonly #attempt: Attempt;
  /** Made when a handler first takes a step: most never do. */
  #steps: StepOrder | undefined;
  #waits: AttemptWaits | undefined;
  #log: Logger | undefined;

  constructor(host: AttemptHost, attempt: Attempt) {
    this.#host = host;
    this.#attempt = attempt;
  }

  /** What it did since its last step, if anything. */
  get done(): Effects | undefined {
    return this.#effects;
  }

  /** Where to put what it does: most attempts do nothing but return. */
  get effects(): Effects {
    return (this.#effects ??= new Effects());
  }

  get job(): JobView {
    return viewOf(this.#attempt.job, this.#host.engine.state);
  }

  get attempt(): number {
    return this.#attempt.job.attempts + 1;
  }

  get signal(): Signal {
    return this.#attempt.signal;
  }

  get log(): Logger {
    const { id, spec } = this.#attempt.job;
    const { logger } = this.#host.ports;
    const agent = spec.agent === undefined ? {} : { agent: spec.agent };
    return (this.#log ??= logger.child({
      job: id,
      kind: spec.kind,
      attempt: this.attempt,
      span: spec.correlation ?? id,
      ...agent,
    }));
  }

  get clock(): Clock {
    return this.#host.ports.clock;
  }

  get random(): Random {
    return this.#host.ports.random;
  }

  get blobs(): BlobStore {
    return this.#host.ports.blobs;
  }

  get secrets(): readonly string[] {
    return this.#attempt.secrets;
  }

  get vars(): AttemptVars {
    return attemptVars(this.#host, this.#attempt, this.effects);
  }

  get jobs(): AttemptJobs {
    return attemptJobs(this.#host, this.#attempt, this.effects);
  }

  get lease(): AttemptLease {
    const { leases } = this.#host;
    const attempt = this.#attempt;
    return {
      epoch: attempt.epoch,
      assign: (worker) => {
        leases.assign(attempt, worker);
      },
      onEnd: (listener) => {
        attempt.onLeaseEnd = listener;
      },
      reject: (result, epoch) => {
        leases.reject(attempt, result, epoch);
      },
    };
  }

  // Handlers like to take these apart (`({ step, submit }) => …`), so each is given out bound.

  get progress(): TaskContext['progress'] {
    return (progress) => {
      this.#host.progressed(this.#attempt, progress);
    };
  }

  get heartbeat(): TaskContext['heartbeat'] {
    return () => {
      this.#host.leases.heartbeat(this.#attempt);
    };
  }

  get step(): TaskContext['step'] {
    return (name, work) => this.#step(name, work);
  }

  get sleep(): TaskContext['sleep'] {
    return (delayMs, options) => this.#waiting().sleep(delayMs, options);
  }

  get sleepUntil(): TaskContext['sleepUntil'] {
    return (at, options) => this.#waiting().sleepUntil(at, options);
  }

  get waitFor(): TaskContext['waitFor'] {
    const waitFor = (filter: MessageFilter, options?: ReceiveOptions): Promise<Message | undefined> =>
      this.#waiting().waitFor(filter, options);
    return waitFor as TaskContext['waitFor'];
  }

  get inbox(): AttemptInbox {
    return attemptInbox(this.#waitParts(), this.#waiting());
  }

  get call(): TaskContext['call'] {
    return (driver, op, input = {}) => this.#call(driver, op, input);
  }

  get submit(): TaskContext['submit'] {
    return (command) => this.#submit(command);
  }

  get emit(): TaskContext['emit'] {
    return (name, data) => {
      const { clear, sealing } = this.#attempt.take(data, 'the fact');
      this.effects.emit(name, clear, sealing);
    };
  }

  #order(): StepOrder {
    return (this.#steps ??= new StepOrder(this.#attempt.job));
  }

  #waiting(): AttemptWaits {
    return (this.#waits ??= new AttemptWaits(this.#waitParts()));
  }

  #waitParts(): WaitParts {
    return { host: this.#host, attempt: this.#attempt, steps: this.#order(), effects: this.effects };
  }

  async #call(driver: string, op: string, input: object): Promise<Value> {
    const attempt = this.#attempt;
    if (attempt.isSuspended) return await never();
    const steps = this.#order();
    const key = `${attempt.job.id}/${steps.nameFor(steps.place)}`;
    return await serveCall({ host: this.#host, attempt, log: this.log, key, depth: 0 }, driver, op, input);
  }

  async #step<T extends Value>(name: string, work: () => T | Promise<T>): Promise<T> {
    const steps = this.#order();
    if (this.#attempt.isSuspended) return await never();
    const recorded = steps.begin(name);
    if (recorded !== undefined) {
      // What came before a recorded step was recorded with it.
      this.#effects?.clear();
      return fromStored(await this.#attempt.reveal(recorded.output)) as T;
    }
    try {
      const { clear, sealing } = this.#attempt.take(await work(), `the output of step ${name}`);
      const output = sealing === undefined ? clear : await sealing;
      if (this.#effects?.isUnchecked === true) await this.#effects.checked();
      await this.#host.stepped(this.#attempt, { name, output });
      steps.recorded();
      return fromStored(clear) as T;
    } catch (error) {
      steps.failed(error);
      throw error;
    }
  }

  #submit(given: Command): JobId {
    refuseOwnId(given, 'a child');
    const command = this.#attempt.handedOn(given);
    const { engine, submitter } = this.#host;
    const parent = this.#attempt.job.id;
    const kind = this.#host.taskOf(command);
    const prepared = this.#host.asking(this.#attempt, () =>
      submitter.prepare(kind, command, this.#attempt.giver),
    );
    const { input, uses } = prepared instanceof Promise ? { input: null, uses: undefined } : prepared;
    const dependsOn = this.#dependencies(command);
    const { correlation, origin, claims } = this.#attempt.job.spec;
    const tied = {
      ...command,
      ...(correlation !== undefined && command.correlation === undefined && { correlation }),
      // Else work could leave the quotas of who asked for it.
      ...(origin !== undefined && command.origin === undefined && { origin }),
    };
    const spec = jobSpec(kind, tied, input, { dependsOn, parent, uses, within: claims });
    // Inside a step and after it the count of steps is the same, and the buffer begins anew.
    const id = new JobIds(engine.state.zone, `${parent}/${this.#order().place}`).at(this.effects.children);
    const child = { id, spec };
    if (prepared instanceof Promise) {
      const whole = prepared.then((checked) => {
        child.spec = {
          ...spec,
          input: checked.input,
          ...(checked.uses !== undefined && { uses: checked.uses }),
        };
      });
      this.effects.check(whole);
    }
    this.effects.submit(child);
    return id;
  }

  /** @throws KernelError when the handler left a step open, or out */
  finish(): void {
    const { steps, wait } = this.#attempt.job;
    // A handler that took no step left none out, unless an earlier attempt did.
    if (this.#steps !== undefined || steps !== undefined || wait !== undefined) this.#order().end();
  }

  /** What a child waits for: jobs that exist, or other children of this step. */
  #dependencies(command: Command): readonly JobId[] | undefined {
    if (command.dependsOn === undefined) return undefined;
    return list<Dependency>(command.dependsOn, 'dependsOn').map((dependency) => {
      if (typeof dependency !== 'string') throw unknownDependency(dependency);
      const id = jobId(dependency);
      const { engine } = this.#host;
      if (engine.known(id) === undefined && this.effects.submits(id)) return id;
      if (this.#attempt.seen(id) === undefined) throw unknownDependency(id);
      return id;
    });
  }
}
