import { fromStored, KernelError, toStored } from '@tksm/abstractions';
import { systemRandom } from '@tksm/drivers-system';
import type { Handler } from '../program/invocation.ts';
import { awaitEnd, reportEnd } from '../supervisors/await-end.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { parseJson, readSource } from '../vars/read-value.ts';
import { DECIDE_ONLY } from '../zone/with-kernel.ts';
import { withZone } from '../zone/with-zone.ts';

export const supervisorStart: Handler = async (call) => {
  const { args, flags, output } = call;
  const [file = '-'] = args;
  const input = fromStored(
    toStored(parseJson(await readSource(file), file === '-' ? 'stdin' : file), 'kept'),
  );
  const command = { kind: 'supervisor.start', input, id: systemRandom.id() };
  if (flags.has('timeout') && !flags.on('wait'))
    throw new KernelError('UsageError', '--timeout needs --wait');
  if (flags.on('wait')) {
    const done = await withZone(call, async (use) => {
      const { output: started, position } = await use.zone.perform(command);
      const id = idIn(started);
      output.notice(`${use.holder === undefined ? 'running' : `${use.holder} runs`} supervisor ${id}`);
      return { id, why: await awaitEnd(use, id, position) };
    });
    return done === undefined ? EXIT.failed : reportEnd(output, done.id, done.why);
  }
  const started = await withZone(
    call,
    async ({ zone, holder }) => ({ id: idIn((await zone.perform(command)).output), holder }),
    DECIDE_ONLY,
  );
  if (started === undefined) return EXIT.failed;
  const { id, holder } = started;
  if (output.settings.json) output.document({ supervisor: id });
  else output.line(id);
  const when =
    holder === undefined ? 'its children wait until something runs this folder' : `${holder} runs it`;
  output.notice(`${when}: tksm supervisor watch ${id}`);
  return EXIT.ok;
};

function idIn(output: unknown): string {
  return (output as { readonly supervisor: string }).supervisor;
}
