import { isSystemKind, jobId, KernelError } from '@tksm/abstractions';
import type { JobId, JobReader, JobView } from '@tksm/abstractions';
import type { RetiredJobs } from './retired-jobs.ts';

/** Hex digits of a command's share of its jobs' ids; the rest is the job's index in the command. */
const STEM_DIGITS = 24;
const LEAST_DIGITS = 8;
export const FULL_ID = /^[0-9a-f]{32}$/;
/** Candidates that an ambiguous id is answered with. */
const MAX_CANDIDATES = 5;

/**
 * Shortest forms of ids, of jobs or agents, that are unique among them: `3fa2b1c9`, `3fa2b1c9-17` where a command has
 * several.
 */
export function shortNames<Id extends string = JobId>(
  things: Iterable<{ readonly id: Id }>,
): ReadonlyMap<Id, string> {
  const byStem = new Map<string, Id[]>();
  for (const { id } of things) {
    const stem = id.slice(0, STEM_DIGITS);
    const ids = byStem.get(stem);
    if (ids === undefined) byStem.set(stem, [id]);
    else ids.push(id);
  }
  const stems = [...byStem.keys()].sort();
  const names = new Map<Id, string>();
  for (const [at, stem] of stems.entries()) {
    const shared = Math.max(sharedDigits(stem, stems[at - 1]), sharedDigits(stem, stems[at + 1]));
    const prefix = stem.slice(0, Math.max(LEAST_DIGITS, shared + 1));
    for (const id of byStem.get(stem) ?? []) names.set(id, nameIn(prefix, id));
  }
  return names;
}

function nameIn(prefix: string, id: string): string {
  const index = Number.parseInt(id.slice(STEM_DIGITS), 16);
  return index === 0 ? prefix : `${prefix}-${index}`;
}

function sharedDigits(stem: string, other: string | undefined): number {
  if (other === undefined) return 0;
  let shared = 0;
  while (shared < STEM_DIGITS && stem[shared] === other[shared]) shared += 1;
  return shared;
}

/** Whether people care: the jobs of boot and lifecycle are the kernel's own. */
export function isSystemJob({ spec }: Pick<JobView, 'spec'>): boolean {
  return isSystemKind(spec.kind);
}

/**
 * The job that a text names: an id in full, the short form of a list, or a start that only one job has.
 *
 * @throws KernelError `JobNotFound`, `UsageError` when several match
 */
export function findJob(jobs: JobReader, text: string, retired?: Pick<RetiredJobs, 'startingWith'>): JobView {
  if (FULL_ID.test(text)) {
    const found = jobs.get(jobId(text));
    if (found !== undefined) return found;
    throw notFound(text);
  }
  const match = /^([0-9a-f]{4,31})(?:-(\d{1,10}))?$/.exec(text);
  if (match === null) throw notFound(text);
  const [, prefix = '', index] = match;
  const begin = [...jobs.list()].filter(({ id }) => id.startsWith(prefix));
  // A list shows the first job of a command without its index.
  const stems = new Set(begin.map(({ id }) => id.slice(0, STEM_DIGITS)));
  const wanted =
    index === undefined && (begin.length === 1 || stems.size > 1) ? undefined : Number(index ?? 0);
  const found = wanted === undefined ? begin : begin.filter(({ id }) => indexOf(id) === wanted);
  const [first] = found;
  if (first === undefined) {
    const job = retiredNamed(jobs, retired, prefix, index);
    if (job !== undefined) return job;
    throw notFound(text);
  }
  if (found.length > 1) {
    throw ambiguous(
      text,
      found.map(({ id }) => id),
    );
  }
  return first;
}

/** The retired job of a short form: a start that one command has, and which of its jobs. */
function retiredNamed(
  jobs: JobReader,
  retired: Pick<RetiredJobs, 'startingWith'> | undefined,
  prefix: string,
  index: string | undefined,
): JobView | undefined {
  const [first, second] = retired?.startingWith(prefix, 2) ?? [];
  if (first === undefined) return undefined;
  const stem = first.slice(0, STEM_DIGITS);
  if (second !== undefined && !second.startsWith(stem)) throw ambiguous(prefix, [first, second]);
  const id = index === undefined ? first : jobId(stem + Number(index).toString(16).padStart(8, '0'));
  return jobs.get(id);
}

function indexOf(id: JobId): number {
  return Number.parseInt(id.slice(STEM_DIGITS), 16);
}

function ambiguous(text: string, ids: readonly JobId[]): KernelError {
  const candidates = ids.slice(0, MAX_CANDIDATES);
  return new KernelError('UsageError', `${text} could be ${ids.length} jobs: ${candidates.join(', ')}…`, {
    data: { candidates },
    next: 'type more of the id',
  });
}

function notFound(text: string): KernelError {
  return new KernelError('JobNotFound', `there is no job ${text}`, { data: { job: text } });
}
