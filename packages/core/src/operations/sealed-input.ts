import type { StoredObject } from '@tksm/abstractions';
import { objectInput } from './operation.ts';
import type { Preparation } from './operation.ts';

/** An input with what a caller marked as somebody's sealed where it stands. */
export async function sealedInput(clear: StoredObject, preparation: Preparation): Promise<StoredObject> {
  const { sealer, parts, command, isNew } = preparation;
  if (parts.length === 0) return clear;
  return objectInput(await sealer.seal({ clear, parts }, { place: command.id, keep: isNew }));
}
