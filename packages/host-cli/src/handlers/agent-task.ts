import { fromStored, toStored } from '@tksm/abstractions';
import { agentNamed } from '../agents/agent-named.ts';
import { submitOptions } from '../jobs/submit-options.ts';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { parseJson, readGiven } from '../vars/read-value.ts';
import { perform } from '../zone/perform.ts';

export const agentTask: Handler = async (call) => {
  const { args, flags, output } = call;
  const [name = '', kind = ''] = args;
  const [given, description] = [flags.text('input'), flags.text('description')];
  const input = given === undefined ? undefined : parseJson(await readGiven(given), 'the input');
  const { id: agent } = await agentNamed(call, name);
  const done = await perform(call, 'agent.schedule-task', {
    ...{ agent, kind, ...submitOptions(flags, []) },
    ...(input !== undefined && { input: fromStored(toStored(input, 'kept')) }),
    ...(description !== undefined && { description }),
  });
  if (done === undefined) return EXIT.failed;
  const job = String(done.output['job']);
  if (output.settings.json) output.document(done.output);
  else output.line(job);
  const when =
    done.holder === undefined ? ' until something runs this folder' : `; ${done.holder} runs this folder`;
  output.notice(`queued${when}: tksm job watch ${job}`);
  return EXIT.ok;
};
