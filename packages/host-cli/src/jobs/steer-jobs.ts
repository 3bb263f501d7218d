import { KernelError } from '@tksm/abstractions';
import type { JobView, StoredObject } from '@tksm/abstractions';
import { systemRandom } from '@tksm/drivers-system';
import type { Invocation } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { toKernelError } from '../terminal/render-error.ts';
import { printable } from '../terminal/text-width.ts';
import { dataFolder } from '../zone/configuration.ts';
import type { ActedOn } from '../zone/job-named.ts';
import { jobNamed, jobToActOn } from '../zone/job-named.ts';
import { look } from '../zone/look.ts';
import type { Look } from '../zone/look.ts';
import { DECIDE_ONLY } from '../zone/with-kernel.ts';
import { withZone } from '../zone/with-zone.ts';
import type { ZoneUse } from '../zone/with-zone.ts';
import { jobsOfRun } from './find-run.ts';

/** An operation on jobs, and what to call it. */
export interface Steering {
  readonly kind: 'job.cancel' | 'job.retry' | 'job.pause' | 'job.resume';
  /** As in `would cancel`, `cancelled`. */
  readonly verb: string;
  readonly done: string;
  /** Whether it makes sense for a job of a run; a job named by itself is always tried. */
  readonly fits: (job: JobView) => boolean;
  readonly input?: StoredObject;
  /** Asked before more than one job is touched. */
  readonly confirm?: (question: string) => Promise<boolean>;
}

interface Steered {
  readonly done: readonly ActedOn[];
  readonly refusals: readonly KernelError[];
}

/** Performs an operation on each job that the command names. Every one is tried; the first refusal is the error. */
export async function steerJobs(call: Invocation, steering: Steering): Promise<number> {
  const { output, flags } = call;
  const { verb, done } = steering;
  const found = await look(await dataFolder(call));
  const jobs = await named(call, found, steering);
  if (flags.on('dry-run')) {
    answer(call, { [done]: [], would: jobs.map(({ id }) => id) }, `would ${verb}`, jobs);
    return EXIT.ok;
  }
  if (jobs.length === 0) {
    answer(call, { [done]: [] }, `nothing to ${verb}`, []);
    return EXIT.ok;
  }
  if (jobs.length > 1 && (await steering.confirm?.(`${verb} ${jobs.length} jobs?`)) === false) {
    output.notice(`nothing was ${done}`);
    return EXIT.failed;
  }
  const result = await performAll(call, steering, jobs);
  if (result === undefined) return EXIT.failed;
  const [refusal] = result.refusals;
  if (result.done.length > 0) answer(call, { [done]: result.done.map(({ id }) => id) }, done, result.done);
  if (refusal !== undefined) throw refusal;
  return EXIT.ok;
}

async function performAll(
  call: Invocation,
  { kind, input }: Steering,
  jobs: readonly ActedOn[],
): Promise<Steered | undefined> {
  const commands = jobs.map((job) => ({ kind, input: { job: job.id, ...input }, id: systemRandom.id() }));
  const performEach = async ({ zone, holder }: ZoneUse): Promise<Steered> => {
    const done: ActedOn[] = [];
    const refusals: KernelError[] = [];
    for (const [at, job] of jobs.entries()) {
      try {
        let { output } = await zone.perform(commands[at] ?? { kind });
        // What is too much for one command is left to the next.
        while (leftIn(output) > 0)
          ({ output } = await zone.perform({ kind, input: { job: job.id, ...input } }));
        done.push(job);
      } catch (error) {
        const refusal = toKernelError(error);
        // The holder is going: all of it is asked again of who comes next.
        if (holder !== undefined && refusal.category === 'unavailable') throw refusal;
        refusals.push(refusal);
      }
    }
    return { done, refusals };
  };
  return await withZone(call, performEach, DECIDE_ONLY);
}

function leftIn(output: unknown): number {
  return typeof output === 'object' && output !== null && 'left' in output ? Number(output.left) : 0;
}

async function named(call: Invocation, found: Look, { fits }: Steering): Promise<ActedOn[]> {
  const { args, flags } = call;
  const run = flags.text('run');
  if ((run === undefined) === (args.length === 0)) {
    throw new KernelError('UsageError', 'name jobs, or a run with --run', { next: 'tksm job ls' });
  }
  if (run !== undefined) return jobsOfRun(found.state.jobs, run).filter(fits);
  const jobs: ActedOn[] = [];
  for (const text of args)
    jobs.push(await (flags.on('dry-run') ? jobNamed(found, text) : jobToActOn(call, found, text)));
  return jobs;
}

function answer({ output }: Invocation, document: object, what: string, jobs: readonly ActedOn[]): void {
  if (output.settings.json) {
    output.document(document);
    return;
  }
  if (jobs.length === 0) output.notice(what);
  for (const job of jobs) {
    const name = 'spec' in job ? ` ${printable(job.spec.name ?? job.spec.kind)}` : '';
    output.notice(`${what} ${job.id}${name}`);
  }
}
