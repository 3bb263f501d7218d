import { kindName } from '@tksm/abstractions';
import type { RightUse, StandardSchema, StoredValue, TaskContext, TaskKind, Value } from '@tksm/abstractions';
import { objectInput, textField } from '../operations/operation.ts';
import { askCall } from './asked-call.ts';
import type { AskedCall } from './asked-call.ts';
import type { DriverRegistry } from './driver-registry.ts';

/** A task whose jobs need the rights of what they do, in place of one to submit the kind. */
export interface AskingKind<Input> extends TaskKind<Input> {
  /** What an action begins with that an input is about, from the input as it came. @throws KernelError `InvalidInput` */
  familyOf(input: StoredValue): string;
  asks(input: Input): readonly RightUse[];
}

export function isAsking(kind: TaskKind): kind is AskingKind<unknown> {
  return (kind as Partial<AskingKind<unknown>>).asks !== undefined;
}

/** What a task's jobs need, when it says so. */
export function asksOf(kind: TaskKind, input: unknown): readonly RightUse[] | undefined {
  return isAsking(kind) ? kind.asks(input) : undefined;
}

/** One call of a driver as a job: `{ driver, op, ...fields of its input }`. */
export function callKind(registry: DriverRegistry): AskingKind<AskedCall> {
  return Object.freeze({
    class: 'task' as const,
    name: kindName('driver.call'),
    summary: 'Calls a driver: { driver, op, ...its input }',
    input: callSchema(registry),
    familyOf: (input: StoredValue) => `${textField(objectInput(input), 'driver')}.`,
    asks: ({ uses }: AskedCall) => uses,
    // What was checked is checked again where the call is served: time has passed, and an input may have been opened.
    run: ({ driver, op, given }: AskedCall, { call }: TaskContext): Promise<Value> => call(driver, op, given),
  });
}

function callSchema(registry: DriverRegistry): StandardSchema<unknown, AskedCall> {
  return {
    '~standard': {
      version: 1,
      vendor: 'tksm',
      validate: async (value) => {
        const call = objectInput((value ?? null) as StoredValue);
        const { driver: _driver, op: _op, ...given } = call;
        return { value: await askCall(registry, textField(call, 'driver'), textField(call, 'op'), given) };
      },
    },
  };
}
