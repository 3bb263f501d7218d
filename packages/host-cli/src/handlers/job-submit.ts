import { fromStored, KernelError, toStored } from '@tksm/abstractions';
import type { Command, JobId, OperationReceipt } from '@tksm/abstractions';
import { systemRandom } from '@tksm/drivers-system';
import { awaitJob } from '../jobs/await-job.ts';
import { readBatch } from '../jobs/read-batch.ts';
import { reportOutcome } from '../jobs/report-outcome.ts';
import { submitOptions } from '../jobs/submit-options.ts';
import type { Handler, Invocation } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import type { Output } from '../terminal/output.ts';
import { parseJson, readGiven, readSource } from '../vars/read-value.ts';
import { valueText } from '../vars/var-text.ts';
import { dataFolder } from '../zone/configuration.ts';
import { jobToActOn } from '../zone/job-named.ts';
import { look } from '../zone/look.ts';
import { DECIDE_ONLY } from '../zone/with-kernel.ts';
import { withZone } from '../zone/with-zone.ts';

export const jobSubmit: Handler = (call) =>
  call.flags.has('file') ? submitBatch(call, call.flags.text('file') ?? '-') : submitOne(call);

async function submitOne(call: Invocation): Promise<number> {
  const { args, flags } = call;
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
  return flags.on('wait') ? await submitAndWait(call, command) : await queue(call, command);
}

async function submitAndWait(call: Invocation, command: Command): Promise<number> {
  const { output } = call;
  const done = await withZone(call, async ({ zone, signal, holder }) => {
    const receipt = await zone.submit(command);
    if (receipt.class === 'operation') return receipt;
    const { job } = receipt;
    output.notice(`${holder === undefined ? 'running' : `${holder} runs`} job ${job}`);
    const ended = await awaitJob(zone, job, signal, output);
    return ended && { class: 'task' as const, ended };
  });
  if (done === undefined) return EXIT.failed;
  return done.class === 'operation' ? reportOperation(output, done) : reportOutcome(output, done.ended);
}

async function queue(call: Invocation, command: Command): Promise<number> {
  const { output } = call;
  const queued = await withZone(
    call,
    async ({ zone, holder }) => ({ receipt: await zone.submit(command), holder }),
    DECIDE_ONLY,
  );
  if (queued === undefined) return EXIT.failed;
  const { receipt, holder } = queued;
  if (receipt.class === 'operation') return reportOperation(output, receipt);
  const { job, existing, position } = receipt;
  if (output.settings.json) output.document({ job, existing, position });
  else output.line(job);
  if (existing) output.notice(`${job} was there already: nothing was queued`);
  else {
    const when = holder === undefined ? ' until something runs this folder' : `; ${holder} runs this folder`;
    output.notice(`queued${when}: tksm job watch ${job}`);
  }
  return EXIT.ok;
}

/** An operation is over when it is answered: there is no job to wait for. */
function reportOperation(output: Output, { output: value, position }: OperationReceipt): number {
  if (output.settings.json) output.document({ output: toStored(value), position });
  else if (value !== null) output.line(valueText(value));
  output.notice(`${output.errStyle.green('✓')} done at position ${position}`);
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
  for (const text of texts) ids.push((await jobToActOn(call, found, text)).id);
  return ids;
}
