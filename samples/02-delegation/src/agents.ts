import { handleId } from '@tksm/abstractions';
import type { CapabilityHandle, Caveats, Kernel } from '@tksm/abstractions';

/** An agent, and the handle that it acts under. */
export interface Agent {
  readonly name: string;
  readonly id: string;
  readonly handle: CapabilityHandle;
}

/** What an agent is to be allowed. */
export interface Wish {
  readonly name: string;
  readonly rights: readonly string[];
  readonly caveats?: Caveats;
}

/** Spawns an agent, below another one or at the top. @throws KernelError `CapabilityDenied` for more than that has */
export async function spawn(kernel: Kernel, { name, rights, caveats }: Wish, parent?: Agent): Promise<Agent> {
  const input = {
    name,
    rights,
    ...(caveats !== undefined && { caveats }),
    ...(parent !== undefined && { parent: parent.id }),
  };
  const by = parent?.handle ?? kernel.operator;
  const { output } = await kernel.perform({ kind: 'agent.spawn', input }, by);
  const { agent, handle } = output as { readonly agent: string; readonly handle: string };
  return { name, id: agent, handle: kernel.handle(handleId(handle), kernel.operator) };
}
