import { commandId, fromStored, KernelError } from '@tksm/abstractions';
import type {
  Command,
  CommandId,
  HandleId,
  Health,
  KernelEvent,
  OperationKind,
  OperationReceipt,
  Value,
} from '@tksm/abstractions';
import type { Engine } from '../kernel/engine.ts';
import { validateInput } from '../kinds/validate-input.ts';
import { storedPayload } from '../submit/job-spec.ts';
import { VAR_PREFIX } from '../vars/world-vars.ts';
import { health } from './health-operation.ts';
import { jobCancel, jobRetry } from './job-operations.ts';
import { objectInput } from './operation.ts';
import type { KernelOperation, OperationResult, OperationScope } from './operation.ts';
import { varApply, varDelete, varGet, varSet } from './var-operations.ts';

/** The kernel's own operations, by name. */
export const KERNEL_OPERATIONS: ReadonlyMap<string, KernelOperation> = new Map(
  [varGet, varSet, varDelete, varApply, jobCancel, jobRetry, health].map((operation) => [
    operation.name,
    operation,
  ]),
);

/** Decides an operation and records what it came to: once per command id. */
export class Operations {
  readonly #engine: Engine;
  readonly #health: () => Health;

  constructor(engine: Engine, computeHealth: () => Health) {
    this.#engine = engine;
    this.#health = computeHealth;
  }

  /** An operation of the kernel's own. */
  performOwn(operation: KernelOperation, command: Command, by: HandleId): OperationReceipt {
    const input = objectInput(storedPayload(command.input, 'the input'));
    return this.#once(command, by, (scope) => operation.perform(input, scope));
  }

  /** An operation that a package registered. @throws KernelError what it decides with */
  async performKind(kind: OperationKind, command: Command, by: HandleId): Promise<OperationReceipt> {
    const input = await validateInput(kind.input, fromStored(storedPayload(command.input, 'the input')));
    return this.#once(command, by, (scope) => decideKind(kind, input, scope));
  }

  #once(
    command: Command,
    by: HandleId,
    decide: (scope: OperationScope) => OperationResult,
  ): OperationReceipt {
    const { state, agenda } = this.#engine;
    const cmd = command.id === undefined ? undefined : commandId(command.id);
    const before = cmd === undefined ? undefined : state.commands.get(cmd);
    if (before !== undefined) return answeredBefore(before, cmd);
    const { now, position } = this.#engine;
    const result = decide({ state, agenda, now, position, by, cmd, health: this.#health });
    const events = cmd === undefined || result.events.length === 0 ? result.events : named(result, cmd, by);
    if (events.length > 0) this.#engine.commit(events);
    return { class: 'operation', output: result.output, position };
  }
}

type Before = NonNullable<ReturnType<Engine['state']['commands']['get']>>;

function answeredBefore(before: Before, cmd: CommandId | undefined): OperationReceipt {
  if ('job' in before) throw new KernelError('CommandMismatch', `command ${cmd ?? ''} was a task`);
  return { class: 'operation', output: fromStored(before.output), position: before.position };
}

/** Puts the command id and its answer into the log with what it did. */
function named(result: OperationResult, cmd: CommandId, by: HandleId): readonly KernelEvent[] {
  const output = storedPayload(result.output, 'the output');
  const [first, ...rest] = result.events;
  if (first?.type === 'world.rewritten') return [{ ...first, cmd, output }, ...rest];
  return [...result.events, { type: 'command.settled', v: 1, cmd, by, output }];
}

function decideKind(kind: OperationKind, input: unknown, scope: OperationScope): OperationResult {
  const { by, now, position, state } = scope;
  const decision = kind.decide(input, { world: state.world.snapshot(), now, position });
  const output: Value = decision.output;
  if (decision.rewrite === undefined) {
    return {
      output,
      events: decision.fact === undefined ? [] : [factEvent(decision.fact.name, decision.fact.data, by)],
    };
  }
  const puts = decision.rewrite.puts?.map(
    ([key, value]) => [ownKey(key), storedPayload(value, key)] as const,
  );
  const deletes = decision.rewrite.deletes?.map(ownKey);
  const fact = decision.fact ?? { name: kind.name, data: null };
  const rewrite = { ...(puts && { puts }), ...(deletes && { deletes }) };
  return { output, events: [{ type: 'world.rewritten', v: 1, by, fact, rewrite }] };
}

function factEvent(name: string, data: unknown, by: HandleId): KernelEvent {
  return { type: 'fact.emitted', v: 1, by, fact: { name, data: storedPayload(data, 'the fact') } };
}

function ownKey(key: string): string {
  if (key.startsWith(VAR_PREFIX)) {
    throw new KernelError('InvalidOperation', `${key} belongs to the VarStore; use var.apply`, {
      data: { key },
    });
  }
  return key;
}
