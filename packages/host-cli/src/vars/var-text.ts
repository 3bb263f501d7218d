import { toStored } from '@tksm/abstractions';
import type { Value, Variable } from '@tksm/abstractions';

/** A value for people and scripts: a text as it is, anything else as JSON. */
export function valueText(value: Value): string {
  return typeof value === 'string' ? value : JSON.stringify(toStored(value));
}

/** A variable as JSON can hold it. */
export function variableDocument(variable: Variable): object {
  return { ...variable, value: toStored(variable.value) };
}
