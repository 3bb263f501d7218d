import { KernelError } from '@tksm/abstractions';
import { systemRandom } from '@tksm/drivers-system';
import { steerJobs } from '../jobs/steer-jobs.ts';
import type { Handler, Invocation } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { DECIDE_ONLY } from '../zone/with-kernel.ts';
import { withZone } from '../zone/with-zone.ts';

export const jobPause: Handler = async (call) => {
  const reason = call.flags.text('reason');
  const input = reason === undefined ? {} : { reason };
  const done = await steerWhole(call, 'pause', 'paused', input);
  if (done !== undefined) return done;
  const fits = ['queued', 'blocked', 'delayed'];
  return await steerJobs(call, {
    ...{ kind: 'job.pause', verb: 'pause', done: 'paused', input },
    fits: ({ status }) => fits.includes(status),
  });
};

export const jobResume: Handler = async (call) => {
  const done = await steerWhole(call, 'resume', 'resumed', {});
  if (done !== undefined) return done;
  return await steerJobs(call, {
    ...{ kind: 'job.resume', verb: 'resume', done: 'resumed' },
    fits: ({ held }) => held?.code === 'Paused',
  });
};

/** Pauses or resumes a kind or a pool, if that is what the command names. @throws KernelError `UsageError` */
async function steerWhole(
  call: Invocation,
  verb: 'pause' | 'resume',
  done: string,
  input: { readonly reason?: string },
): Promise<number | undefined> {
  const { args, flags, output } = call;
  const named = (['kind', 'pool'] as const).filter((flag) => flags.has(flag));
  const [what] = named;
  if (what === undefined) return undefined;
  if (named.length + Math.min(args.length, 1) + (flags.has('run') ? 1 : 0) > 1) {
    throw new KernelError('UsageError', 'name a kind, a pool, a run or jobs: one of them');
  }
  const name = flags.text(what) ?? '';
  if (!flags.on('dry-run')) {
    const command = { kind: `${what}.${verb}`, input: { [what]: name, ...input }, id: systemRandom.id() };
    const receipt = await withZone(call, ({ zone }) => zone.perform(command), DECIDE_ONLY);
    if (receipt === undefined) return EXIT.failed;
  }
  const said = flags.on('dry-run') ? `would ${verb}` : done;
  if (output.settings.json) output.document({ [what]: name, [said.replace(' ', '-')]: true });
  else output.notice(`${said} ${what} ${name}`);
  return EXIT.ok;
}
