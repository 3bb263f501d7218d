const SELF = 'self';

/**
 * Rights as an agent is to have them: `self` as the first segment of what an action of the family `agent` is on stands for
 * the agent itself, whose id nobody knows before it is spawned. So `agent.spawn:self/**` is for it and all agents below it.
 */
export function rightsOfSelf(rights: unknown, path: string): unknown {
  if (!Array.isArray(rights)) return rights;
  return rights.map((right: unknown) => (typeof right === 'string' ? ownRight(right, path) : right));
}

function ownRight(right: string, path: string): string {
  const colon = right.indexOf(':');
  const [action, resource] = [right.slice(0, colon), right.slice(colon + 1)];
  const isOwn = resource === SELF || resource.startsWith(`${SELF}/`);
  return action.startsWith('agent.') && isOwn ? `${action}:${path}${resource.slice(SELF.length)}` : right;
}
