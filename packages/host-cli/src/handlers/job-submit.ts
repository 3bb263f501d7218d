import { KernelError } from '@tksm/abstractions';
import type { Command, JobId, JobOptions, Kernel, StateReader, TaskReceipt, Value } from '@tksm/abstractions';
import { awaitJob } from '../jobs/await-job.ts';
import { reportOutcome } from '../jobs/report-outcome.ts';
import type { FlagValues } from '../program/flag-values.ts';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { parseJson, readGiven } from '../vars/read-value.ts';
import { findJob } from '../zone/job-names.ts';
import { DECIDE_ONLY, withKernel } from '../zone/with-kernel.ts';

export const jobSubmit: Handler = async (call) => {
  const { args, flags, output } = call;
  const input = flags.text('input');
  const parsed = input === undefined ? undefined : parseJson(await readGiven(input), 'the input');
  if (flags.has('timeout') && !flags.on('wait'))
    throw new KernelError('UsageError', '--timeout needs --wait');
  const [kind = ''] = args;
  const submit = async (kernel: Kernel): Promise<TaskReceipt> => {
    const options = await kernel.read((state) => optionsOf(flags, state));
    const command: Command = { kind, ...(parsed !== undefined && { input: parsed as Value }), ...options };
    return await kernel.enqueue(command, kernel.operator);
  };
  if (flags.on('wait')) {
    const done = await withKernel(call, async ({ kernel, signal }) => {
      const { job } = await submit(kernel);
      output.notice(`running job ${job}`);
      return await awaitJob(kernel, job, signal, output);
    });
    return done === undefined ? EXIT.failed : reportOutcome(output, done);
  }
  const receipt = await withKernel(call, ({ kernel }) => submit(kernel), DECIDE_ONLY);
  if (receipt === undefined) return EXIT.failed;
  const { job, existing, position } = receipt;
  if (output.settings.json) output.document({ job, existing, position });
  else output.line(job);
  output.notice(
    existing
      ? `${job} was there already: nothing was queued`
      : `queued until something runs this folder: tksm job watch ${job}`,
  );
  return EXIT.ok;
};

function optionsOf(flags: FlagValues, state: StateReader): JobOptions & { id?: string } {
  const now = Date.now();
  const after = flags.list('after').map((text): JobId => findJob(state.jobs, text).id);
  const attempts = flags.number('attempts');
  const texts = { name: 'name', id: 'id', dedupKey: 'dedup-key', correlation: 'run' } as const;
  const numbers = { priority: flags.number('priority'), timeoutMs: flags.number('attempt-timeout') };
  const later = { deadline: flags.number('deadline'), notBefore: flags.number('delay') };
  return Object.fromEntries(
    [
      ...Object.entries(texts).map(([field, flag]) => [field, flags.text(flag)]),
      ...Object.entries(numbers),
      ...Object.entries(later).map(([field, ms]) => [field, ms === undefined ? undefined : now + ms]),
      ['retry', attempts === undefined ? undefined : { maxAttempts: attempts }],
      ['dependsOn', after.length === 0 ? undefined : after],
    ].filter(([, value]) => value !== undefined),
  ) as JobOptions;
}
