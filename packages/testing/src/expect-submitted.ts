import { canonicalJson, toStored } from '@tksm/abstractions';
import type { AnyKind, JobStatus, JobView, Kernel, StateReader } from '@tksm/abstractions';

/** How many jobs a failed assertion names. */
const MAX_NAMED = 10;

/** What a job must be like. What is absent may be anything. */
export interface ExpectedJob {
  readonly kind: string | AnyKind;
  /** The whole input. */
  readonly input?: unknown;
  readonly name?: string;
  readonly status?: JobStatus;
  readonly correlation?: string;
}

/** The first job that fits. @throws Error naming the jobs that there are, when none does */
export async function expectSubmitted(kernel: Kernel, expected: ExpectedJob): Promise<JobView> {
  return await kernel.read((state) => {
    const [found] = matching(state, expected);
    if (found !== undefined) return found;
    throw new Error(`no job was submitted like ${describe(expected)}\n${submitted(state)}`);
  });
}

/** Checks that no job fits. @throws Error naming the first that does */
export async function expectNotSubmitted(kernel: Kernel, expected: ExpectedJob): Promise<void> {
  await kernel.read((state) => {
    const [found] = matching(state, expected);
    if (found !== undefined)
      throw new Error(`a job was submitted like ${describe(expected)}: ${oneLine(found)}`);
  });
}

function matching(state: StateReader, { kind, input, name, status, correlation }: ExpectedJob): JobView[] {
  const wanted = input === undefined ? undefined : canonicalJson(toStored(input));
  const query = {
    kind: nameOf(kind),
    ...(status !== undefined && { status }),
    ...(correlation !== undefined && { correlation }),
  };
  return [...state.jobs.list(query)].filter(
    ({ spec }) =>
      (wanted === undefined || canonicalJson(spec.input) === wanted) &&
      (name === undefined || spec.name === name),
  );
}

function submitted(state: StateReader): string {
  const users = [...state.jobs.list()].filter(({ spec }) => !/^(boot|kernel)\./.test(spec.kind));
  if (users.length === 0) return 'no job was submitted at all';
  const lines = users.slice(0, MAX_NAMED).map((job) => `  ${oneLine(job)}`);
  const more = users.length > MAX_NAMED ? [`  and ${users.length - MAX_NAMED} more`] : [];
  return ['submitted were:', ...lines, ...more].join('\n');
}

function oneLine({ spec, status }: JobView): string {
  const name = spec.name === undefined ? '' : ` "${spec.name}"`;
  return `${spec.kind}${name} ${canonicalJson(spec.input)} (${status})`;
}

function describe({ kind, input, ...rest }: ExpectedJob): string {
  const facts = Object.entries(rest).map(([field, value]) => ` ${field}=${value}`);
  return `${nameOf(kind)}${input === undefined ? '' : ` ${canonicalJson(toStored(input))}`}${facts.join('')}`;
}

function nameOf(kind: string | AnyKind): string {
  return typeof kind === 'string' ? kind : kind.name;
}
