import { KernelError, PRIORITY, toStored } from '@tksm/abstractions';
import type {
  Affinity,
  AnyKind,
  CapabilityClaim,
  Command,
  JobId,
  JobSpec,
  RightUse,
  StoredValue,
  TaskKind,
  TickOf,
} from '@tksm/abstractions';
import { claimsOfChild } from '../authority/uses.ts';
import { FIRST_VERSION } from '../kinds/registry.ts';
import { checkBytes } from '../sealing/payload.ts';
import { retryPolicy } from './retry-policy.ts';
import { bounded, invalid, list, LONGEST_MS, oneOf, text, whole } from './spec-fields.ts';
import { uniqueFields } from './unique.ts';

/** Bounds of a job's contract. */
const JOB_LIMITS = Object.freeze({
  maxDependencies: 1_000,
  maxClaims: 64,
  maxResources: 16,
});

/** Longest time of an attempt whose kind and job name none. */
export const DEFAULT_TIMEOUT_MS = 60_000;

const NONE: readonly never[] = [];
const RESOURCE = /^[A-Za-z0-9_.:-]{1,128}$/;

const TEXT_FIELDS = ['name', 'origin', 'agent', 'dedupKey', 'workspace', 'correlation'] as const;

/** @throws KernelError `UnsupportedOperation` for what is not a kind at all */
export function nameOfKind(kind: Command['kind'] | AnyKind): string {
  const name: unknown = typeof kind === 'object' && kind !== null ? kind.name : kind;
  if (typeof name === 'string') return name;
  throw new KernelError('UnsupportedOperation', 'a command names a kind, or is given one');
}

/**
 * Jobs of a batch and children have ids that are derived from their place: an id or a key of their own would be in
 * its way.
 *
 * @throws KernelError `InvalidSpec` with `data.field`
 */
export function refuseOwnId(command: Command, what: string): void {
  for (const field of ['id', 'dedupKey', 'debounce'] as const) {
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
  links: {
    readonly dependsOn?: readonly JobId[] | undefined;
    readonly parent?: JobId;
    readonly tick?: TickOf;
    readonly uses?: readonly RightUse[] | undefined;
    /** The claims of its parent: it has no more. */
    readonly within?: readonly CapabilityClaim[] | undefined;
  },
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
  const pool = command.pool ?? kind.pool;
  const { priority, deadline, notBefore, onDependencyFailure } = command;
  const timeoutMs = command.timeoutMs ?? kind.timeoutMs;
  const childPolicy = command.childPolicy ?? kind.childPolicy;
  const claims = claimsOfChild(claimsOf(kind, command), links.within);
  if (priority !== undefined) spec.priority = whole(priority, 'priority', PRIORITY.lowest, PRIORITY.highest);
  if (deadline !== undefined) spec.deadline = whole(deadline, 'deadline', 0, Number.MAX_SAFE_INTEGER);
  if (notBefore !== undefined) spec.notBefore = whole(notBefore, 'notBefore', 0, Number.MAX_SAFE_INTEGER);
  if (timeoutMs !== undefined) spec.timeoutMs = whole(timeoutMs, 'timeoutMs', 1, LONGEST_MS);
  if (command.retry ?? kind.retry) spec.retry = retryPolicy(kind.retry, command.retry);
  if (claims !== undefined) spec.claims = claims;
  const resources = resourcesOf(kind, command);
  if (resources.length > 0) spec.resources = resources;
  if (pool !== undefined) spec.pool = text(pool, 'pool');
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
  if (links.tick !== undefined) spec.tick = links.tick;
  if (links.uses !== undefined) spec.uses = links.uses;
  if (command.dedupWindowMs !== undefined || command.debounce !== undefined)
    Object.assign(spec, uniqueFields(command));
  return spec;
}

function claimsOf(kind: TaskKind, command: Command): readonly CapabilityClaim[] | undefined {
  const claims = joined<string>(kind.claims, command.claims, 'claims');
  if (claims.length === 0) return undefined;
  return bounded(claims, 'claims', JOB_LIMITS.maxClaims).map((claim) => text(claim, 'claims'));
}

function joined<T>(ofKind: unknown, ofCommand: unknown, field: string): readonly T[] {
  if (ofKind === undefined && ofCommand === undefined) return NONE;
  return [...list<T>(ofKind, field), ...list<T>(ofCommand, field)];
}

/** What the kind needs and what the command adds, each once. */
function resourcesOf(kind: TaskKind, command: Command): readonly string[] {
  const given = joined(kind.resources, command.resources, 'resources');
  if (given.length === 0) return NONE;
  return bounded([...new Set(given)], 'resources', JOB_LIMITS.maxResources).map((resource) => {
    if (typeof resource === 'string' && RESOURCE.test(resource)) return resource;
    throw invalid('resources', 'has names of 1 to 128 letters, digits, _ . : -');
  });
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
