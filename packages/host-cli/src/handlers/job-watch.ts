import { isKernelError } from '@tksm/abstractions';
import type { JobId, JobView } from '@tksm/abstractions';
import { awaitJob } from '../jobs/await-job.ts';
import { reportOutcome } from '../jobs/report-outcome.ts';
import type { Handler, Invocation } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { chosenTokenFile } from '../tokens/chosen-token-file.ts';
import { dataFolder } from '../zone/configuration.ts';
import { endOfStream } from '../zone/end-of-stream.ts';
import { follow } from '../zone/follow.ts';
import { jobToActOn } from '../zone/job-named.ts';
import { look } from '../zone/look.ts';
import { isInOtherHands, withZone } from '../zone/with-zone.ts';

export const jobWatch: Handler = async (call) => {
  const { args, output } = call;
  const dir = await dataFolder(call);
  const job = await jobToActOn(call, await look(dir), args[0] ?? '');
  const isOwner = chosenTokenFile(call) === undefined;
  if (isOwner && 'outcome' in job && job.outcome !== undefined) return reportOutcome(output, job);
  try {
    const done = await withZone(call, ({ zone, signal, holder }) => {
      if (holder !== undefined) output.notice(`${holder} runs this folder: following it`);
      return awaitJob(zone, job.id, signal, output);
    });
    return done === undefined ? EXIT.failed : reportOutcome(output, done);
  } catch (error) {
    // An owner who may neither run the folder nor ask its holder may still look.
    if (!isOwner || (!isInOtherHands(error) && !isKernelError(error, 'CapabilityDenied'))) throw error;
    output.notice(`${error.message}: following it`);
    return await followJob(call, dir, job.id);
  }
};

/** Another process runs the folder and serves nobody: its log says when the job has ended. */
async function followJob(call: Invocation, dir: string, id: JobId): Promise<number> {
  const end = endOfStream(call);
  const ended = await endedJob(dir, id, end.signal);
  return ended === undefined ? end.exitCode() : reportOutcome(call.output, ended);
}

async function endedJob(dir: string, id: JobId, signal: AbortSignal): Promise<JobView | undefined> {
  const { log, state } = await look(dir);
  const now = state.jobs.get(id);
  if (now?.outcome !== undefined) return now;
  for await (const { event } of follow(dir, log, state.position, signal)) {
    const { type } = event;
    if (type !== 'job.succeeded' && type !== 'job.failed' && type !== 'job.cancelled') continue;
    if (event.job === id) return (await look(dir)).state.jobs.get(id);
  }
  return undefined;
}
