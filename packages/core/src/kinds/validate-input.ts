import { KernelError } from '@tksm/abstractions';
import type { SchemaResult, StandardSchema } from '@tksm/abstractions';

/** How many issues of a schema an error names. */
const MAX_ISSUES = 10;

/**
 * Runs a schema. Answers at once when the schema does.
 *
 * @throws KernelError `InvalidInput` with `data.issues`: path and message of each
 */
export function validateInput<Input>(
  schema: StandardSchema<unknown, Input> | undefined,
  value: unknown,
): Input | Promise<Input> {
  if (schema === undefined) return value as Input;
  const result = schema['~standard'].validate(value);
  return result instanceof Promise ? result.then(accepted) : accepted(result);
}

function accepted<Input>(result: SchemaResult<Input>): Input {
  if (result.issues === undefined) return result.value;
  const issues = result.issues.slice(0, MAX_ISSUES).map(({ message, path = [] }) => ({
    path: path.map((key) => String(typeof key === 'object' ? key.key : key)).join('.'),
    message,
  }));
  const text = issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
  throw new KernelError('InvalidInput', `the input does not fit its schema: ${text}`, { data: { issues } });
}
