import { kindName } from '@tksm/abstractions';
import type {
  JobId,
  JobSpec,
  RetryPolicy,
  StoredValue,
  TaskContext,
  TaskKind,
  Value,
} from '@tksm/abstractions';

/** Origin of the kernel's own jobs. */
const SYSTEM_ORIGIN = 'kernel';

const SYSTEM_RETRY: RetryPolicy = Object.freeze({
  maxAttempts: 3,
  initialDelayMs: 100,
  factor: 2,
  maxDelayMs: 1_000,
  jitter: 0,
});

/** A task of the kernel's own. */
export function systemTask(
  name: string,
  run: (input: Value, context: TaskContext) => Value | Promise<Value>,
): TaskKind {
  return { name: kindName(name), class: 'task', run: (input, context) => run(input as Value, context) };
}

export interface SystemJobOptions {
  readonly input?: StoredValue;
  readonly dependsOn?: readonly JobId[];
  readonly correlation: string;
  readonly timeoutMs?: number;
  readonly maxAttempts?: number;
}

/** The contract of a job of the kernel's own. */
export function systemSpec(kind: string, options: SystemJobOptions): JobSpec {
  const { input = null, dependsOn, correlation, timeoutMs, maxAttempts } = options;
  return {
    kind: kindName(kind),
    version: 1,
    input,
    origin: SYSTEM_ORIGIN,
    correlation,
    retry: maxAttempts === undefined ? SYSTEM_RETRY : { ...SYSTEM_RETRY, maxAttempts },
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(dependsOn !== undefined && { dependsOn }),
  };
}
