import { fromStored, toStored } from '@tksm/abstractions';
import { agentNamed } from '../agents/agent-named.ts';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { parseJson, readGiven } from '../vars/read-value.ts';
import { perform } from '../zone/perform.ts';

export const agentObserve: Handler = async (call) => {
  const { args, flags, output } = call;
  const [name = '', given = ''] = args;
  const topic = flags.text('topic');
  const data = fromStored(toStored(parseJson(await readGiven(given), 'the observation'), 'kept'));
  const { id: agent } = await agentNamed(call, name);
  const done = await perform(call, 'agent.observe', { agent, data, ...(topic !== undefined && { topic }) });
  if (done === undefined) return EXIT.failed;
  if (output.settings.json) output.document(done.output);
  else output.notice(`observed by ${agent} (event ${String(done.output['position'])})`);
  return EXIT.ok;
};
