import { fromStored, KernelError, toStored } from '@tksm/abstractions';
import type {
  Fact,
  HandleId,
  JobId,
  JobSpec,
  KernelEvent,
  StoredObject,
  StoredValue,
  VarChange,
  Value,
  Variable,
  WorldView,
} from '@tksm/abstractions';
import type { Delivery } from '../inbox/delivery.ts';
import { planVarApply } from '../vars/apply-vars.ts';

/** Most effects that one step or result may carry, by sort. */
const MAX_EFFECTS = 10_000;

/** A child that an attempt wants to submit. */
export interface ChildSubmission {
  readonly id: JobId;
  /** Whole once its input has been checked and sealed. */
  spec: JobSpec;
}

interface VarWrite {
  /** What is recorded; of a sensitive value once it is sealed. */
  change: VarChange;
  /** What the attempt itself reads, where that differs. */
  readonly shown?: Value;
  ifEtag?: string | null;
}

/** A message of an attempt; its body is whole once it is sealed. */
type MessageToSend = Omit<Delivery, 'body'> & { body: StoredValue };

/** Longest name of a fact. */
const MAX_FACT_NAME = 128;

/** @throws KernelError `InvalidInput` */
export function checkFactName(name: unknown): void {
  if (typeof name === 'string' && name.length > 0 && name.length <= MAX_FACT_NAME) {
    toStored(name);
    return;
  }
  throw new KernelError('InvalidInput', `a fact's name has 1 to ${MAX_FACT_NAME} characters`);
}

/** What an attempt did since its last step: kept back until the step or the result is recorded, or dropped. */
export class Effects {
  #vars = new Map<string, VarWrite>();
  #facts: Fact[] = [];
  #children: ChildSubmission[] = [];
  #messages: MessageToSend[] = [];
  #checks: Promise<unknown>[] = [];

  setVar(
    name: string,
    value: Value,
    options: { metadata?: StoredObject; ifEtag?: string | null } = {},
    sealing?: Promise<StoredValue>,
  ): void {
    const { metadata, ifEtag } = options;
    const change = { op: 'set' as const, name, value, ...(metadata && { metadata }) };
    if (sealing === undefined) {
      this.#write({ change }, ifEtag);
      return;
    }
    const write: VarWrite = { change: { ...change, value: null }, shown: value };
    this.check(sealing.then((sealed) => (write.change = { ...change, value: fromStored(sealed) })));
    this.#write(write, ifEtag);
  }

  deleteVar(name: string): void {
    this.#write({ change: { op: 'delete', name } }, undefined);
  }

  /** The last write of a variable counts, under what the first one asked for. */
  #write(write: VarWrite, ifEtag: string | null | undefined): void {
    const { name } = write.change;
    const before = this.#vars.get(name);
    const expected = before === undefined ? ifEtag : before.ifEtag;
    if (expected !== undefined) write.ifEtag = expected;
    this.#vars.set(name, write);
    this.#bound(this.#vars.size);
  }

  /** @throws KernelError `InvalidInput` for a bad name, `PayloadTooLarge` */
  emit(name: string, data: StoredValue, sealing?: Promise<StoredValue>): void {
    checkFactName(name);
    const place = this.#facts.push({ name, data: sealing === undefined ? data : null }) - 1;
    const facts = this.#facts;
    if (sealing !== undefined) this.check(sealing.then((sealed) => (facts[place] = { name, data: sealed })));
    this.#bound(this.#facts.length);
  }

  /** Whether a job is one of the children that wait here. */
  submits(id: JobId): boolean {
    return this.#children.some((child) => child.id === id);
  }

  submit(child: ChildSubmission): void {
    this.#children.push(child);
    this.#bound(this.#children.length);
  }

  get children(): number {
    return this.#children.length;
  }

  send(message: Delivery, sealing?: Promise<StoredValue>): void {
    const kept: MessageToSend = { ...message };
    if (sealing !== undefined) this.check(sealing.then((sealed) => (kept.body = sealed)));
    this.#messages.push(kept);
    this.#bound(this.#messages.length);
  }

  /** Keeps what takes its time, as the check of a child or a seal: what it finds counts before the effects are recorded. */
  check(answer: Promise<unknown>): void {
    // Met when the checks are awaited; until then it must not count as unhandled.
    answer.catch(() => undefined);
    this.#checks.push(answer);
  }

  get isUnchecked(): boolean {
    return this.#checks.length > 0;
  }

  /** @throws KernelError `InvalidInput` for a child whose input does not fit */
  async checked(): Promise<void> {
    // A handler that does two things at once may add some meanwhile.
    while (this.#checks.length > 0) await Promise.all(this.#checks.splice(0));
  }

  /** A variable as this attempt left it: undefined when it did not write it, null when it deleted it. */
  pendingVar(name: string, current: Variable | undefined): Variable | null | undefined {
    const { change, shown } = this.#vars.get(name) ?? {};
    if (change === undefined) return undefined;
    if (change.op === 'delete') return null;
    const base = { etag: '', version: (current?.version ?? 0) + 1, position: current?.position ?? 0 };
    return { name, value: shown ?? change.value, layer: 'runtime', metadata: change.metadata ?? {}, ...base };
  }

  /**
   * The events of these effects, children and messages aside.
   *
   * @throws KernelError `PreconditionFailed`, `InvalidInput`
   */
  events(world: WorldView, by: HandleId, job: JobId): KernelEvent[] {
    const events: KernelEvent[] = this.#facts.map((fact) => ({ type: 'fact.emitted', v: 1, by, fact, job }));
    if (this.#vars.size > 0) {
      const writes = [...this.#vars.values()];
      const changes = writes.map(({ change }) => change);
      const preconditions = writes.flatMap(({ change, ifEtag }) =>
        ifEtag === undefined ? [] : [{ name: change.name, etag: ifEtag }],
      );
      events.push({
        type: 'world.rewritten',
        v: 1,
        by,
        job,
        ...planVarApply(world, { changes, preconditions }),
      });
    }
    return events;
  }

  get messages(): readonly Delivery[] {
    return this.#messages;
  }

  takeChildren(): readonly ChildSubmission[] {
    return this.#children;
  }

  clear(): void {
    this.#vars = new Map();
    this.#facts = [];
    this.#children = [];
    this.#messages = [];
    this.#checks = [];
  }

  #bound(count: number): void {
    if (count <= MAX_EFFECTS) return;
    throw new KernelError('PayloadTooLarge', `more than ${MAX_EFFECTS} effects in one step`, {
      next: 'commit them in several steps',
    });
  }
}
