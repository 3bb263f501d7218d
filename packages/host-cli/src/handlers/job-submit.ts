import { fromStored, KernelError, toStored } from '@tksm/abstractions';
import type { Command, JobId, JobOptions, RetryOptions } from '@tksm/abstractions';
import { systemRandom } from '@tksm/drivers-system';
import { awaitJob } from '../jobs/await-job.ts';
import { reportOutcome } from '../jobs/report-outcome.ts';
import { parseDuration } from '../program/duration.ts';
import type { FlagValues } from '../program/flag-values.ts';
import type { Handler, Invocation } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { parseJson, readGiven } from '../vars/read-value.ts';
import { dataFolder } from '../zone/configuration.ts';
import { jobNamed } from '../zone/job-named.ts';
import { look } from '../zone/look.ts';
import { readTime } from '../zone/moment.ts';
import { DECIDE_ONLY } from '../zone/with-kernel.ts';
import { withZone } from '../zone/with-zone.ts';

export const jobSubmit: Handler = async (call) => {
  const { args, flags, output } = call;
  const input = flags.text('input');
  const parsed = input === undefined ? undefined : parseJson(await readGiven(input), 'the input');
  if (flags.has('timeout') && !flags.on('wait'))
    throw new KernelError('UsageError', '--timeout needs --wait');
  const [kind = ''] = args;
  const command: Command = {
    id: systemRandom.id(),
    kind,
    ...(parsed !== undefined && { input: fromStored(toStored(parsed, 'kept')) }),
    ...optionsOf(flags, await dependencies(call)),
  };
  if (flags.on('wait')) {
    const done = await withZone(call, async ({ zone, signal, holder }) => {
      const { job } = await zone.enqueue(command);
      output.notice(`${holder === undefined ? 'running' : `${holder} runs`} job ${job}`);
      return await awaitJob(zone, job, signal, output);
    });
    return done === undefined ? EXIT.failed : reportOutcome(output, done);
  }
  const queued = await withZone(
    call,
    async ({ zone, holder }) => ({ ...(await zone.enqueue(command)), holder }),
    DECIDE_ONLY,
  );
  if (queued === undefined) return EXIT.failed;
  const { job, existing, position, holder } = queued;
  if (output.settings.json) output.document({ job, existing, position });
  else output.line(job);
  if (existing) output.notice(`${job} was there already: nothing was queued`);
  else {
    const when = holder === undefined ? ' until something runs this folder' : `; ${holder} runs this folder`;
    output.notice(`queued${when}: tksm job watch ${job}`);
  }
  return EXIT.ok;
};

/** @throws KernelError `JobNotFound`, `UsageError` */
async function dependencies(call: Invocation): Promise<readonly JobId[]> {
  const texts = call.flags.list('after');
  if (texts.length === 0) return [];
  const found = await look(await dataFolder(call));
  const ids: JobId[] = [];
  for (const text of texts) ids.push((await jobNamed(found, text)).id);
  return ids;
}

function optionsOf(flags: FlagValues, after: readonly JobId[]): JobOptions & { id?: string } {
  const now = Date.now();
  const texts = { name: 'name', id: 'id', dedupKey: 'dedup-key', correlation: 'run' } as const;
  const numbers = { priority: flags.number('priority'), timeoutMs: flags.number('attempt-timeout') };
  const deadline = flags.number('deadline');
  return Object.fromEntries(
    [
      ...Object.entries(texts).map(([field, flag]) => [field, flags.text(flag)]),
      ...Object.entries(numbers),
      ['deadline', deadline === undefined ? undefined : now + deadline],
      ['notBefore', notBeforeOf(flags, now)],
      ['retry', retryOf(flags)],
      ['dependsOn', after.length === 0 ? undefined : after],
    ].filter(([, value]) => value !== undefined),
  ) as JobOptions;
}

/** @throws KernelError `UsageError`, `InvalidSchedule` for a moment that is past */
function notBeforeOf(flags: FlagValues, now: number): number | undefined {
  const delay = flags.number('in');
  const at = flags.text('at');
  if (at === undefined) return delay === undefined ? undefined : now + delay;
  if (delay !== undefined) throw new KernelError('UsageError', '--at and --in exclude each other');
  const moment = readTime(at, now, '--at');
  if (moment > now) return moment;
  throw new KernelError('InvalidSchedule', `--at ${at} is in the past`, {
    data: { field: 'at' },
    next: 'name a later moment, or leave --at away to run it now',
  });
}

/** @throws KernelError `UsageError` */
function retryOf(flags: FlagValues): RetryOptions | undefined {
  const attempts = flags.number('attempts');
  const backoff = flags.text('backoff');
  if (attempts === undefined && backoff === undefined) return undefined;
  const most = attempts === undefined ? {} : { maxAttempts: attempts };
  if (backoff === undefined) return most;
  const delaysMs = backoff.split(',').map((text) => {
    const ms = parseDuration(text.trim());
    if (ms === undefined) throw new KernelError('UsageError', `--backoff takes times such as 1s,5s,1m`);
    return ms;
  });
  return { backoff: 'table', delaysMs, ...most };
}
