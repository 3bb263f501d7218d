import type { Hash, Rewrite, WorldView } from '@tksm/abstractions';

/** Where the world says who was erased: `erased/<subject>`. The position of the entry says when. */
export const ERASED_PREFIX = 'erased/';

/** Whether the log says that a subject was erased. */
export function isErased(world: WorldView, subject: Hash): boolean {
  return world.get(ERASED_PREFIX + subject) !== undefined;
}

/** What an erasure changes of the world. */
export function erasureOf(subject: Hash): Rewrite {
  return { puts: [[ERASED_PREFIX + subject, {}]] };
}
