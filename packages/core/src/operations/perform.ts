import { canonicalJson, commandId, fromStored, hash, KernelError } from '@tksm/abstractions';
import type {
  BlobStore,
  Command,
  CommandId,
  FactEmitted,
  HandleId,
  Hash,
  Health,
  KernelEvent,
  OperationKind,
  OperationReceipt,
  RightUse,
  StoredObject,
  StoredValue,
  TaskKind,
} from '@tksm/abstractions';
import { hash as sha256 } from 'node:crypto';
import { OPERATOR_ID } from '../authority/handle-table.ts';
import type { Engine } from '../kernel/engine.ts';
import { validateInput } from '../kinds/validate-input.ts';
import { askedBy } from '../authority/uses.ts';
import { checkUses } from '../drivers/asked-call.ts';
import { deriveJobId } from '../jobs/derive-id.ts';
import { checkFactName } from '../jobs/effects.ts';
import type { KnownJob } from '../retention/retired-records.ts';
import type { CommandOutcome } from '../state/kernel-state.ts';
import { jobSpec, storedPayload } from '../submit/job-spec.ts';
import type { Submitter } from '../submit/submitter.ts';
import { KERNEL } from '../sealing/giver.ts';
import type { Giver } from '../sealing/giver.ts';
import { takePayload } from '../sealing/payload.ts';
import type { Payload } from '../sealing/payload.ts';
import { mentionsErased } from '../sealing/same-input.ts';
import type { Sealer } from '../sealing/sealer.ts';
import { refuseClearSecrets } from '../secrets/clear-secrets.ts';
import { AGENT_OPERATIONS } from './agent-operations.ts';
import { breakerSet } from './breaker-operations.ts';
import { CAPABILITY_OPERATIONS } from './capability-operations.ts';
import { subjectErase } from './erase-operation.ts';
import type { Ticker } from '../schedules/ticker.ts';
import { health } from './health-operation.ts';
import { inboxLs, inboxSend } from './inbox-operations.ts';
import { jobCancel, jobRetry } from './job-operations.ts';
import { ladderSet } from './ladder-operations.ts';
import { OBSERVATION_OPERATIONS } from './observation-operations.ts';
import { jobRedrive } from './redrive-operation.ts';
import { objectInput } from './operation.ts';
import type { KernelOperation, OperationResult, OperationScope, Preparation } from './operation.ts';
import { rewritten } from './rewritten.ts';
import {
  scheduleBackfill,
  schedulePause,
  scheduleRemove,
  scheduleResume,
  scheduleSet,
} from './schedule-operations.ts';
import { PAUSE_OPERATIONS } from './pause-operations.ts';
import { SUPERVISOR_OPERATIONS } from './supervisor-operations.ts';
import { tokenRevoke } from './token-operations.ts';
import { varApply, varDelete, varGet, varSet } from './var-operations.ts';

/** The kernel's own operations, by name. */
export const KERNEL_OPERATIONS: ReadonlyMap<string, KernelOperation> = new Map(
  [
    ...[varGet, varSet, varDelete, varApply],
    ...[jobCancel, jobRetry, jobRedrive],
    ...[inboxSend, inboxLs],
    ...[scheduleSet, schedulePause, scheduleResume, scheduleRemove, scheduleBackfill],
    ...[breakerSet, ladderSet],
    ...CAPABILITY_OPERATIONS,
    tokenRevoke,
    ...AGENT_OPERATIONS,
    ...OBSERVATION_OPERATIONS,
    ...[subjectErase, health],
    ...SUPERVISOR_OPERATIONS,
    ...PAUSE_OPERATIONS,
  ].map((operation) => [operation.name, operation]),
);

const NONE: readonly RightUse[] = [];

/** What operations need of the session around them. */
export interface OperationsHome {
  readonly engine: Engine;
  readonly sealer: Sealer;
  readonly submitter: Submitter;
  readonly ticker: Ticker;
  readonly blobs: BlobStore;
  health(): Health;
  taskOf(command: Command): TaskKind;
}

/** Decides an operation and records what it came to: once per command id. */
export class Operations {
  readonly #home: OperationsHome;
  readonly #engine: Engine;
  readonly #sealer: Sealer;

  constructor(home: OperationsHome) {
    this.#home = home;
    this.#engine = home.engine;
    this.#sealer = home.sealer;
  }

  /** An operation of the kernel's own. */
  performOwn(
    operation: KernelOperation,
    command: Command,
    by: HandleId,
  ): OperationReceipt | Promise<OperationReceipt> {
    const giver = { handle: by };
    const payload = takePayload(command.input, 'the input', undefined, { giver });
    this.#judge(operation, objectInput(payload.clear), by);
    const perform = (stored: StoredValue): OperationReceipt => {
      const input = objectInput(stored);
      return this.#once(
        operation.name,
        stored,
        command,
        by,
        (scope) => operation.perform(input, scope),
        operation.reads,
      );
    };
    if (operation.prepare !== undefined)
      return this.#prepared(operation, { ...payload, giver }, command, perform);
    return payload.parts.length === 0 ? perform(payload.clear) : this.#sealed(payload, command).then(perform);
  }

  /** Before anything is done or told. @throws KernelError `CapabilityDenied` */
  #judge(operation: KernelOperation, input: StoredObject, by: HandleId): void {
    if (by === OPERATOR_ID) return;
    const { authority, now } = this.#engine;
    for (const asked of operation.asks(input, this.#engine)) authority.check(by, asked, now);
  }

  async #prepared(
    operation: KernelOperation,
    { clear, parts, giver }: Payload & { readonly giver: Giver },
    command: Command,
    perform: (input: StoredValue) => OperationReceipt,
  ): Promise<OperationReceipt> {
    const isNew = this.#isNew(command);
    const { sealer, ticker, blobs } = this.#home;
    const given = { command, parts, giver, isNew };
    const preparation = { sealer, ticker, blobs, ...given, specOf: this.#specs(command) };
    const input = (await operation.prepare?.(objectInput(clear), preparation)) ?? {};
    const receipt = perform(input);
    await this.#engine.durable();
    if (isNew) await operation.recorded?.(input, this.#sealer);
    return receipt;
  }

  /** Makes contracts of jobs. What is sealed in them has the same form each time the command is repeated. */
  #specs({ id }: Command): Preparation['specOf'] {
    const cmd = id === undefined ? undefined : commandId(id);
    let count = 0;
    return async (command) => {
      const kind = this.#home.taskOf(command);
      count += 1;
      const as = cmd && { cmd, id: deriveJobId(this.#engine.state.zone, cmd, count) };
      const { input, uses } = await this.#home.submitter.prepare(kind, command, KERNEL, { as });
      return jobSpec(kind, command, input, { uses });
    };
  }

  /** An operation that a package registered. @throws KernelError what it decides with */
  async performKind(kind: OperationKind, command: Command, by: HandleId): Promise<OperationReceipt> {
    const { authority, now } = this.#engine;
    const { name } = kind;
    const perform = { action: 'operation.perform', resource: name, kind: name };
    if (kind.asks === undefined) authority.check(by, perform, now);
    const payload = takePayload(command.input, 'the input', kind.sensitive?.input, { giver: { handle: by } });
    const isSealed = payload.parts.length > 0;
    // What is asked for in its place shows in the sealed form alone: nothing is sealed for who has no right of it.
    if (isSealed && kind.asks !== undefined) authority.check(by, perform, now);
    refuseClearSecrets(kind, payload.clear);
    const checked = await validateInput(kind.input, fromStored(payload.clear));
    refuseClearSecrets(kind, payload.clear);
    const stored = isSealed ? await this.#sealed(payload, command) : payload.clear;
    // What it decides goes into the log: it is shown what may stand there.
    const input = isSealed ? fromStored(stored) : checked;
    const uses = kind.asks && checkUses(kind.asks(input), name);
    for (const asked of askedBy(uses ?? NONE, name)) authority.check(by, asked, this.#engine.now);
    return this.#once(name, stored, command, by, (scope) => decideKind(kind, input, uses, scope), true);
  }

  #sealed(payload: Payload, command: Command): Promise<StoredValue> {
    return this.#sealer.seal(payload, { place: command.id, keep: this.#isNew(command) });
  }

  /** A repeated command is only compared. */
  #isNew({ id }: Command): boolean {
    return id === undefined || this.#before(commandId(id)) === undefined;
  }

  /** @throws KernelError `CommandTooOld` */
  #before(cmd: CommandId): CommandOutcome | KnownJob | undefined {
    const { state, retired, now } = this.#engine;
    const id = deriveJobId(state.zone, cmd);
    return state.commands.get(cmd) ?? state.jobs.get(id) ?? retired.named(id, cmd, now);
  }

  #once(
    kind: string,
    input: StoredValue,
    command: Command,
    by: HandleId,
    decide: (scope: OperationScope) => OperationResult,
    mayOnlyRead = false,
  ): OperationReceipt {
    const { state, agenda, admission, authority, retired, settings, now, position } = this.#engine;
    const { ticker, health } = this.#home;
    const scope = {
      ...{ state, agenda, admission, authority, retired, settings, now, position, by },
      ...{ ticker, health },
    };
    if (command.id === undefined) {
      const { output, events } = decide({ ...scope, cmd: undefined });
      if (events.length > 0) this.#engine.commit(events);
      return { class: 'operation', output, position };
    }
    const cmd = commandId(command.id);
    const request = hash(sha256('sha256', canonicalJson([kind, input])));
    const before = this.#before(cmd);
    if (before !== undefined)
      return answeredBefore(before, cmd, mentionsErased(input, state.world) ? undefined : request);
    const result = decide({ ...scope, cmd });
    // What it came to is recorded though nothing changed: a retry is answered by it, whatever is the case by then.
    if (result.events.length > 0 || !mayOnlyRead) this.#engine.commit(named(result, cmd, by, request));
    return { class: 'operation', output: result.output, position };
  }
}

/** Without a request what was erased would have to be compared: it gets the first answer. */
function answeredBefore(
  before: CommandOutcome | KnownJob,
  cmd: CommandId,
  request: Hash | undefined,
): OperationReceipt {
  if (!('output' in before) || (request ?? before.request) !== (before.request ?? request))
    throw mismatch(cmd);
  return { class: 'operation', output: fromStored(before.output), position: before.position };
}

function mismatch(cmd: CommandId): KernelError {
  const message = `command ${cmd} was submitted before, as another kind or with another input`;
  return new KernelError('CommandMismatch', message, { data: { cmd } });
}

/** Puts the command id and its answer into the log with what it did. */
function named(result: OperationResult, cmd: CommandId, by: HandleId, request: Hash): readonly KernelEvent[] {
  const output = storedPayload(result.output, 'the output');
  const [first, ...rest] = result.events;
  if (first?.type === 'world.rewritten') return [{ ...first, cmd, output, request }, ...rest];
  // First, so that a retry is answered with the position that the first answer named.
  return [{ type: 'command.settled', v: 1, cmd, by, output, request }, ...result.events];
}

function decideKind(
  kind: OperationKind,
  input: unknown,
  uses: readonly RightUse[] | undefined,
  { by, now, position, state }: OperationScope,
): OperationResult {
  const { output, fact, rewrite } = kind.decide(input, { world: state.world.snapshot(), now, position });
  if (rewrite === undefined && fact === undefined) return { output, events: [] };
  // A fact that needs no right of its own is told with what it was allowed as.
  if (rewrite === undefined && fact !== undefined && uses === undefined)
    return { output, events: [factEvent(fact.name, fact.data, by)] };
  const told = fact ?? { name: kind.name, data: null };
  return { output, events: [rewritten({ by, fact: told, rewrite, uses, family: familyOf(kind) })] };
}

function factEvent(name: string, data: unknown, by: HandleId): FactEmitted {
  checkFactName(name);
  return { type: 'fact.emitted', v: 1, by, fact: { name, data: storedPayload(data, 'the fact') } };
}

/** `finance` of `finance.transfer`. */
function familyOf({ name }: OperationKind): string {
  return name.split('.', 1).join('');
}
