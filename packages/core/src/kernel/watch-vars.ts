import type { EventLog, RecordedEvent, SubscribeOptions, VarChanged } from '@tksm/abstractions';
import { replay } from '../log/replay.ts';
import type { BTreeWorld } from '../world/btree-world.ts';
import { parseVarKey, WorldVars } from '../vars/world-vars.ts';

/** Changes of variables in an event stream. Keeps a world of its own, so that each change is seen as of its event. */
export async function* watchVars(
  events: (options: SubscribeOptions) => AsyncIterable<RecordedEvent>,
  start: { readonly log: EventLog; readonly live: () => Promise<BTreeWorld> },
  options: SubscribeOptions & { readonly prefix?: string },
): AsyncGenerator<VarChanged> {
  const { prefix = '', from, ...rest } = options;
  const world = from === undefined ? await start.live() : (await replay(start.log, { to: from })).state.world;
  const vars = new WorldVars(world);
  for await (const { event, position } of events({ ...rest, from: from ?? world.position })) {
    if (event.type !== 'world.rewritten') continue;
    world.apply(event.rewrite, position);
    for (const key of [...(event.rewrite.deletes ?? []), ...(event.rewrite.puts ?? []).map(([put]) => put)]) {
      const variable = parseVarKey(key);
      if (variable?.name.startsWith(prefix)) yield { ...variable, position, after: vars.get(variable.name) };
    }
  }
}
