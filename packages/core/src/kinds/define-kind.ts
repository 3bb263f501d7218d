import { kindName } from '@tksm/abstractions';
import type { OperationKind, StandardSchema, TaskKind, Value } from '@tksm/abstractions';

/** What a kind's author writes: as the kind, with a plain name and without its class. */
export type Definition<K> = Omit<K, 'name' | 'class' | 'input'> & { readonly name: string };

/**
 * Defines a task: effectful work that is leased to a worker. The input's type comes from its schema.
 *
 * @throws KernelError `InvalidInput` for a bad name
 */
export function defineKind<Input = unknown, Output extends Value | undefined = Value | undefined>(
  definition: Definition<TaskKind<Input, Output>> & { readonly input?: StandardSchema<unknown, Input> },
): TaskKind<Input, Output> {
  return Object.freeze({ ...definition, name: kindName(definition.name), class: 'task' as const });
}

/**
 * Defines an operation: a deterministic decision inside the kernel, one event at most.
 *
 * @throws KernelError `InvalidInput` for a bad name
 */
export function defineOperation<Input = unknown, Output extends Value = Value>(
  definition: Definition<OperationKind<Input, Output>> & { readonly input?: StandardSchema<unknown, Input> },
): OperationKind<Input, Output> {
  return Object.freeze({ ...definition, name: kindName(definition.name), class: 'operation' as const });
}
