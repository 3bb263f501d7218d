import { DEFAULT_RETRY, KernelError, PRIORITY, toStored } from '@tksm/abstractions';
import type {
  Affinity,
  AnyKind,
  Command,
  JobId,
  JobSpec,
  RetryPolicy,
  StoredValue,
  TaskKind,
} from '@tksm/abstractions';
import { FIRST_VERSION } from '../kinds/registry.ts';
import { checkBytes } from '../sealing/payload.ts';

/** Bounds of a job's contract. */
const JOB_LIMITS = Object.freeze({
  maxTextLength: 256,
  maxDependencies: 1_000,
  maxClaims: 64,
  maxAttempts: 1_000,
  maxTimeoutMs: 30 * 86_400_000,
});

/** Longest time of an attempt whose kind and job name none. */
export const DEFAULT_TIMEOUT_MS = 60_000;

const TEXT_FIELDS = ['name', 'origin', 'agent', 'dedupKey', 'workspace', 'correlation'] as const;

/** @throws KernelError `UnsupportedOperation` for what is not a kind at all */
export function nameOfKind(kind: Command['kind'] | AnyKind): string {
  const name: unknown = typeof kind === 'object' && kind !== null ? kind.name : kind;
  if (typeof name === 'string') return name;
  throw new KernelError('UnsupportedOperation', 'a command names a kind, or is given one');
}

/**
 * Jobs of a batch and children have ids that are derived from their place: an id or a dedup key of their own would be
 * in its way.
 *
 * @throws KernelError `InvalidSpec` with `data.field`
 */
export function refuseOwnId(command: Command, what: string): void {
  for (const field of ['id', 'dedupKey'] as const) {
    if (command[field] === undefined) continue;
    throw new KernelError('InvalidSpec', `${what} takes no ${field}: its id is derived`, { data: { field } });
  }
}

/** A value that has nothing sensitive in it. @throws KernelError `InvalidValue`, `PayloadTooLarge` */
export function storedPayload(value: unknown, what: string): StoredValue {
  const stored = toStored(value);
  checkBytes(stored, what);
  return stored;
}

/**
 * The contract of a job as it goes into the log: what the command says, what its kind says, and nothing that is the
 * default anyway.
 *
 * @throws KernelError `InvalidSpec` with `data.field`
 */
export function jobSpec(
  kind: TaskKind,
  command: Command,
  input: StoredValue,
  links: { readonly dependsOn?: readonly JobId[] | undefined; readonly parent?: JobId },
): JobSpec {
  const spec: { -readonly [K in keyof JobSpec]: JobSpec[K] } = {
    kind: kind.name,
    version: kind.version ?? FIRST_VERSION,
    input,
  };
  for (const field of TEXT_FIELDS) {
    const value: unknown = command[field];
    if (value !== undefined) spec[field] = text(value, field);
  }
  const { priority, deadline, notBefore, onDependencyFailure } = command;
  const timeoutMs = command.timeoutMs ?? kind.timeoutMs;
  const childPolicy = command.childPolicy ?? kind.childPolicy;
  const claims = [...list<string>(kind.claims, 'claims'), ...list<string>(command.claims, 'claims')];
  if (priority !== undefined) spec.priority = whole(priority, 'priority', PRIORITY.lowest, PRIORITY.highest);
  if (deadline !== undefined) spec.deadline = whole(deadline, 'deadline', 0, Number.MAX_SAFE_INTEGER);
  if (notBefore !== undefined) spec.notBefore = whole(notBefore, 'notBefore', 0, Number.MAX_SAFE_INTEGER);
  if (timeoutMs !== undefined) spec.timeoutMs = whole(timeoutMs, 'timeoutMs', 1, JOB_LIMITS.maxTimeoutMs);
  if (command.retry ?? kind.retry) spec.retry = retryPolicy({ ...kind.retry, ...command.retry });
  if (claims.length > 0) {
    spec.claims = bounded(claims, 'claims', JOB_LIMITS.maxClaims).map((claim) => text(claim, 'claims'));
  }
  if (command.affinity !== undefined) spec.affinity = affinity(command.affinity);
  if (onDependencyFailure !== undefined) {
    spec.onDependencyFailure = oneOf(onDependencyFailure, 'onDependencyFailure', [
      'cancel',
      'run',
      'hold',
    ] as const);
  }
  if (childPolicy !== undefined)
    spec.childPolicy = oneOf(childPolicy, 'childPolicy', ['detach', 'await'] as const);
  if (links.dependsOn?.length)
    spec.dependsOn = bounded(links.dependsOn, 'dependsOn', JOB_LIMITS.maxDependencies);
  if (links.parent !== undefined) spec.parent = links.parent;
  return spec;
}

function retryPolicy(partial: Partial<RetryPolicy>): RetryPolicy {
  const policy = { ...DEFAULT_RETRY, ...partial };
  return {
    maxAttempts: whole(policy.maxAttempts, 'retry.maxAttempts', 1, JOB_LIMITS.maxAttempts),
    initialDelayMs: number(policy.initialDelayMs, 'retry.initialDelayMs', 0, JOB_LIMITS.maxTimeoutMs),
    factor: number(policy.factor, 'retry.factor', 1, 1_000),
    maxDelayMs: number(policy.maxDelayMs, 'retry.maxDelayMs', 0, JOB_LIMITS.maxTimeoutMs),
    jitter: number(policy.jitter, 'retry.jitter', 0, 1),
  };
}

function affinity(value: Affinity): Affinity {
  if (typeof value !== 'object' || value === null) throw invalid('affinity', 'is { require?, prefer? }');
  const labels = (found: unknown, field: string): string[] =>
    bounded(list(found, field), field, JOB_LIMITS.maxClaims).map((label) => text(label, field));
  return {
    ...(value.require !== undefined && { require: labels(value.require, 'affinity.require') }),
    ...(value.prefer !== undefined && { prefer: labels(value.prefer, 'affinity.prefer') }),
  };
}

/** A list as it came from a caller; what is absent is empty. @throws KernelError `InvalidSpec` */
export function list<T>(value: unknown, field: string): readonly T[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw invalid(field, 'is a list');
  return value as readonly T[];
}

function text(value: unknown, field: string): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > JOB_LIMITS.maxTextLength) {
    throw invalid(field, `has 1 to ${JOB_LIMITS.maxTextLength} characters`);
  }
  toStored(value);
  return value;
}

function number(value: unknown, field: string, least: number, most: number): number {
  if (typeof value !== 'number' || !(value >= least && value <= most)) {
    throw invalid(field, `is a number from ${least} to ${most}`);
  }
  return value;
}

function whole(value: unknown, field: string, least: number, most: number): number {
  if (!Number.isSafeInteger(value)) throw invalid(field, `is a whole number from ${least} to ${most}`);
  return number(value, field, least, most);
}

function oneOf<T extends string>(value: unknown, field: string, allowed: readonly T[]): T {
  const found = allowed.find((option) => option === value);
  if (found === undefined) throw invalid(field, `is one of ${allowed.join(', ')}`);
  return found;
}

function bounded<T>(entries: readonly T[], field: string, most: number): readonly T[] {
  if (entries.length > most) throw invalid(field, `has at most ${most} entries`);
  return [...entries];
}

function invalid(field: string, rule: string): KernelError {
  return new KernelError('InvalidSpec', `${field} ${rule}`, { data: { field } });
}
