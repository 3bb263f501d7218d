import { agentNamed } from '../agents/agent-named.ts';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { perform } from '../zone/perform.ts';

export const agentStop: Handler = async (call) => {
  const { args, flags, output } = call;
  const reason = flags.text('reason');
  const { id: agent } = await agentNamed(call, args[0] ?? '');
  const done = await perform(call, 'agent.stop', { agent, ...(reason !== undefined && { reason }) });
  if (done === undefined) return EXIT.failed;
  if (output.settings.json) output.document(done.output);
  else if (done.output['stopped'] === true)
    output.notice(`stopped ${agent}, with all below it and their jobs`);
  else output.notice(`${agent} was stopped already`);
  return EXIT.ok;
};
