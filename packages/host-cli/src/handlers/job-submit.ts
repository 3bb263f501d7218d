import { fromStored, KernelError, toStored } from '@tksm/abstractions';
import type { Command, JobId } from '@tksm/abstractions';
import { systemRandom } from '@tksm/drivers-system';
import { awaitJob } from '../jobs/await-job.ts';
import { readBatch } from '../jobs/read-batch.ts';
import { reportOutcome } from '../jobs/report-outcome.ts';
import { submitOptions } from '../jobs/submit-options.ts';
import type { Handler, Invocation } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { parseJson, readGiven, readSource } from '../vars/read-value.ts';
import { dataFolder } from '../zone/configuration.ts';
import { jobNamed } from '../zone/job-named.ts';
import { look } from '../zone/look.ts';
import { DECIDE_ONLY } from '../zone/with-kernel.ts';
import { withZone } from '../zone/with-zone.ts';

export const jobSubmit: Handler = (call) =>
  call.flags.has('file') ? submitBatch(call, call.flags.text('file') ?? '-') : submitOne(call);

async function submitOne(call: Invocation): Promise<number> {
  const { args, flags, output } = call;
  const input = flags.text('input');
  const parsed = input === undefined ? undefined : parseJson(await readGiven(input), 'the input');
  if (flags.has('timeout') && !flags.on('wait'))
    throw new KernelError('UsageError', '--timeout needs --wait');
  const [kind] = args;
  if (kind === undefined) throw new KernelError('UsageError', 'name a kind, or a file of jobs with --file');
  const command: Command = {
    id: flags.text('id') ?? systemRandom.id(),
    kind,
    ...(parsed !== undefined && { input: fromStored(toStored(parsed, 'kept')) }),
    ...submitOptions(flags, await dependencies(call)),
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
}

/** The jobs of a file, one a line, as one batch. */
async function submitBatch(call: Invocation, file: string): Promise<number> {
  const { args, flags, output } = call;
  for (const flag of ['input', 'wait', 'name', 'dedup-key', 'dedup-window', 'debounce', 'debounce-key'])
    if (flags.has(flag))
      throw new KernelError('UsageError', `--${flag} is of one job, not of a file of jobs`);
  const options = submitOptions(flags, await dependencies(call));
  const [kind] = args;
  const commands = readBatch(await readSource(file), { ...options, ...(kind !== undefined && { kind }) });
  const id = flags.text('id') ?? systemRandom.id();
  const queued = await withZone(
    call,
    async ({ zone, holder }) => ({ receipts: await zone.enqueueAll(commands, { id }), holder }),
    DECIDE_ONLY,
  );
  if (queued === undefined) return EXIT.failed;
  const { receipts, holder } = queued;
  const existing = receipts.filter((receipt) => receipt.existing).length;
  const jobs = receipts.map(({ job }) => job);
  if (output.settings.json) output.document({ id, jobs, existing });
  else for (const job of jobs) output.line(job);
  const others = existing === 0 ? '' : `, ${existing} were there already`;
  const by = holder === undefined ? 'until something runs this folder' : `; ${holder} runs this folder`;
  output.notice(`${jobs.length - existing} jobs queued${others} ${by}`);
  return EXIT.ok;
}

/** @throws KernelError `JobNotFound`, `UsageError` */
async function dependencies(call: Invocation): Promise<readonly JobId[]> {
  const texts = call.flags.list('after');
  if (texts.length === 0) return [];
  const found = await look(await dataFolder(call));
  const ids: JobId[] = [];
  for (const text of texts) ids.push((await jobNamed(found, text)).id);
  return ids;
}
