import { KernelError } from '@tksm/abstractions';
import type { JobId } from '@tksm/abstractions';
import type { Invocation } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { dataFolder } from '../zone/configuration.ts';
import { look } from '../zone/look.ts';
import { perform } from '../zone/perform.ts';
import { deadLetterQuery, deadLetters } from './dead-letters.ts';

const DEFAULT_LIMIT = 100;

/** What `job.redrive` answers. */
interface Redriven {
  readonly jobs: readonly JobId[];
  readonly skipped: number;
  readonly more: boolean;
}

/** Puts jobs that failed for good back into the queue, the latest first. */
export async function redrive(call: Invocation): Promise<number> {
  const { args, flags, output } = call;
  if (args.length > 0 || flags.has('run'))
    throw new KernelError('UsageError', '--dead takes no jobs and no run', { next: 'tksm job ls --dead' });
  const query = deadLetterQuery(call, Date.now());
  const limit = flags.number('limit') ?? DEFAULT_LIMIT;
  if (flags.on('dry-run')) {
    const { state, retired } = await look(await dataFolder(call));
    const would = deadLetters(state.jobs, retired, query).slice(0, limit);
    if (output.settings.json) output.document({ requeued: [], would: would.map(({ id }) => id) });
    else output.notice(`would retry ${would.length} jobs that failed`);
    return EXIT.ok;
  }
  const performed = await perform(call, 'job.redrive', { ...query, limit });
  if (performed === undefined) return EXIT.failed;
  const { jobs, skipped, more } = performed.output as unknown as Redriven;
  if (output.settings.json) {
    output.document({ requeued: jobs, skipped, more });
    return EXIT.ok;
  }
  output.notice(jobs.length === 0 ? 'nothing to retry' : `requeued ${jobs.length} jobs that failed`);
  if (skipped > 0)
    output.notice(
      `${skipped} stay: another job has their dedup key, a supervisor ran them, their deadline is past, ` +
        'or their kind is quarantined',
    );
  if (more) output.notice('there are more: again, or --limit N');
  return EXIT.ok;
}
