import { KernelError } from '@tksm/abstractions';
import type {
  ChildSpec,
  Command,
  JobSpec,
  RestartType,
  StoredObject,
  StoredValue,
  SupervisorSpec,
} from '@tksm/abstractions';
import { fromStored } from '@tksm/abstractions';
import { bounded, invalid, list, LONGEST_MS, oneOf, text, whole } from '../submit/spec-fields.ts';
import { SUPERVISOR_LIMITS } from './supervisor-limits.ts';

const SUPERVISOR_FIELDS = ['strategy', 'intensity', 'periodMs', 'autoShutdown', 'children'];
const CHILD_FIELDS = ['id', 'restart', 'significant'];
/** What a child says of each of its jobs. */
const JOB_FIELDS = [
  ...['kind', 'version', 'input', 'priority', 'timeoutMs', 'retry', 'claims', 'affinity', 'origin'],
  ...['agent', 'workspace', 'correlation', 'childPolicy', 'resources', 'pool'],
] as const satisfies readonly (keyof Command)[];

const ID = /^[A-Za-z0-9_.:-]{1,64}$/;

/** Makes the contract of a child's jobs: its kind must be known, and the input fit. */
export type ResolveJob = (command: Command) => Promise<JobSpec>;

/**
 * What `supervisor.start` was given, as it goes into the log: defaults filled in (OTP's), names of supervisors replaced by
 * what they stand for, kinds pinned.
 *
 * @throws KernelError `InvalidSpec` with `data.field`, `DuplicateId`, `SupervisorCycle` with `data.cycle`, and what `resolve` throws
 */
export async function readSupervisor(
  input: StoredObject,
  resolve: ResolveJob,
): Promise<{ readonly id: string; readonly spec: SupervisorSpec }> {
  const { supervisors = {}, id, ...rest } = input;
  const reading = new Reading(object(supervisors, 'supervisors'), resolve);
  return { id: idOf(id, 'id'), spec: await reading.supervisor(rest, 'the supervisor', []) };
}

/** What `supervisor.child.start` was given. @throws KernelError as `readSupervisor` */
export async function readChild(
  input: StoredValue | undefined,
  supervisors: StoredValue | undefined,
  resolve: ResolveJob,
): Promise<ChildSpec> {
  return await new Reading(object(supervisors ?? {}, 'supervisors'), resolve).child(input, 'child', []);
}

/** One pass over a tree of supervisors. */
class Reading {
  readonly #named: StoredObject;
  readonly #resolve: ResolveJob;
  #children = 0;

  constructor(named: StoredObject, resolve: ResolveJob) {
    this.#named = named;
    this.#resolve = resolve;
  }

  /** `within` names the supervisors that this one stands in, outermost first; '' for one without a name. */
  async supervisor(given: StoredValue, what: string, within: readonly string[]): Promise<SupervisorSpec> {
    const input = object(given, what);
    refuseOthers(input, SUPERVISOR_FIELDS, what);
    const { strategy = 'one-for-one', intensity = 1, periodMs = 5_000, autoShutdown = 'never' } = input;
    const field = (name: string): string => `${name} of ${what}`;
    const flags = {
      strategy: oneOf(strategy, field('strategy'), ['one-for-one', 'one-for-all', 'rest-for-one'] as const),
      intensity: whole(intensity, field('intensity'), 0, SUPERVISOR_LIMITS.maxIntensity),
      periodMs: whole(periodMs, field('periodMs'), 1, LONGEST_MS),
      autoShutdown: oneOf(autoShutdown, field('autoShutdown'), [
        'never',
        'any-significant',
        'all-significant',
      ] as const),
    };
    const children: ChildSpec[] = [];
    for (const child of bounded(list<StoredValue>(input['children'], 'children'), 'children', this.#left)) {
      children.push(await this.child(child, `child ${children.length + 1} of ${what}`, within));
    }
    refuseTwins(children);
    const significant = children.find((child) => child.significant === true);
    if (significant !== undefined && flags.autoShutdown === 'never')
      throw invalid('significant', `of child ${significant.id} needs a supervisor with autoShutdown`);
    return { ...flags, children };
  }

  async child(given: StoredValue | undefined, what: string, within: readonly string[]): Promise<ChildSpec> {
    const input = object(given ?? null, what);
    const id = idOf(input['id'], `id of ${what}`);
    const { restart = 'permanent', significant = false } = input;
    const type = oneOf(restart, `restart of ${id}`, ['permanent', 'transient', 'temporary'] as const);
    const base = { id, restart: type, ...significantField(significant, type, id) };
    this.#children += 1;
    if (input['supervisor'] === undefined) return { ...base, ...(await this.#job(input, id)) };
    refuseOthers(input, [...CHILD_FIELDS, 'supervisor'], `child ${id}`);
    return { ...base, supervisor: await this.#nested(input['supervisor'], id, within) };
  }

  async #nested(given: StoredValue, id: string, within: readonly string[]): Promise<SupervisorSpec> {
    if (within.length + 1 >= SUPERVISOR_LIMITS.maxDepth)
      throw invalid('supervisor', `of child ${id} is more than ${SUPERVISOR_LIMITS.maxDepth} deep`);
    if (typeof given !== 'string') return await this.supervisor(given, `supervisor ${id}`, [...within, '']);
    const named = Object.hasOwn(this.#named, given) ? this.#named[given] : undefined;
    if (named === undefined) throw invalid('supervisor', `of child ${id} is none of those in supervisors`);
    if (within.includes(given)) {
      const cycle = [...within.slice(within.indexOf(given)).filter((name) => name !== ''), given];
      throw new KernelError('SupervisorCycle', `supervisors within themselves: ${cycle.join(' > ')}`, {
        data: { cycle },
      });
    }
    return await this.supervisor(named, `supervisor ${given}`, [...within, given]);
  }

  async #job(input: StoredObject, id: string): Promise<{ job: JobSpec; shutdownMs?: number }> {
    refuseOthers(input, [...CHILD_FIELDS, ...JOB_FIELDS, 'shutdownMs'], `child ${id}`);
    const { shutdownMs, input: value, retry = {}, ...options } = input;
    const fields = Object.fromEntries(
      Object.entries(options).filter(([field]) => !CHILD_FIELDS.includes(field)),
    );
    // It is the supervisor that starts a child again.
    const once = { maxAttempts: 1, ...object(retry, `retry of child ${id}`) };
    const command = { ...fields, name: id, retry: once } as unknown as Command;
    const job = await this.#resolve({ ...command, ...(value !== undefined && { input: fromStored(value) }) });
    return {
      job: { ...job, timeoutMs: job.timeoutMs ?? LONGEST_MS },
      ...(shutdownMs !== undefined && {
        shutdownMs: whole(shutdownMs, `shutdownMs of ${id}`, 0, LONGEST_MS),
      }),
    };
  }

  get #left(): number {
    return SUPERVISOR_LIMITS.maxChildren - this.#children;
  }
}

function significantField(value: StoredValue, restart: RestartType, id: string): { significant?: true } {
  if (value === false) return {};
  if (value !== true) throw invalid('significant', `of child ${id} is true or false`);
  if (restart === 'permanent')
    throw invalid('significant', `of child ${id} needs one that is not permanent: it never ends for good`);
  return { significant: true };
}

function refuseTwins(children: readonly ChildSpec[]): void {
  const ids = new Set<string>();
  for (const { id } of children) {
    if (ids.has(id)) throw new KernelError('DuplicateId', `two children are called ${id}`, { data: { id } });
    ids.add(id);
  }
}

function refuseOthers(input: StoredObject, known: readonly string[], what: string): void {
  const other = Object.keys(input).find((field) => !known.includes(field));
  if (other !== undefined) throw invalid(other, `is no field of ${what}: ${known.join(', ')}`);
}

function object(value: StoredValue, what: string): StoredObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as StoredObject;
  throw invalid(what, 'is an object');
}

function idOf(value: StoredValue | undefined, field: string): string {
  const id = text(value, field);
  if (ID.test(id)) return id;
  throw invalid(field, 'has 1 to 64 letters, digits and _ . : -');
}
