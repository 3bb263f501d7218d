import { agentNamed } from '../agents/agent-named.ts';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { printable } from '../terminal/text-width.ts';
import { givenGrant, givenRights } from '../tokens/given-grant.ts';
import { perform } from '../zone/perform.ts';

export const agentSpawn: Handler = async (call) => {
  const { args, flags, output } = call;
  const [name = ''] = args;
  const [above, description] = [flags.text('parent'), flags.text('description')];
  const { rights, caveats } = givenGrant(call, givenRights(call));
  const parent = above === undefined ? undefined : (await agentNamed(call, above)).id;
  const done = await perform(call, 'agent.spawn', {
    ...{ name, rights, caveats },
    ...(parent !== undefined && { parent }),
    ...(description !== undefined && { description }),
  });
  if (done === undefined) return EXIT.failed;
  const { agent, handle } = done.output;
  if (output.settings.json) output.document(done.output);
  else output.line(String(agent));
  const shown = printable(name);
  output.notice(`spawned ${shown}, which acts by handle ${String(handle)}: tksm agent show ${String(agent)}`);
  return EXIT.ok;
};
