import { agentNamed } from '../agents/agent-named.ts';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { givenGrant } from '../tokens/given-grant.ts';
import { perform } from '../zone/perform.ts';

export const agentSpawn: Handler = async (call) => {
  const { args, flags, output } = call;
  const [name = ''] = args;
  const [above, description] = [flags.text('parent'), flags.text('description')];
  const parent = above === undefined ? undefined : (await agentNamed(call, above)).id;
  const { rights, caveats } = givenGrant(call, flags.list('right'));
  const done = await perform(call, 'agent.spawn', {
    ...{ name, rights, caveats },
    ...(parent !== undefined && { parent }),
    ...(description !== undefined && { description }),
  });
  if (done === undefined) return EXIT.failed;
  const { agent, handle } = done.output;
  if (output.settings.json) output.document(done.output);
  else output.line(String(agent));
  output.notice(`spawned ${name}, which acts by handle ${String(handle)}: tksm agent show ${String(agent)}`);
  return EXIT.ok;
};
