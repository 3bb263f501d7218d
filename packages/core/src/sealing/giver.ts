// Guarantees: a reference to a sealed value gets into the log by nobody who could not read the value. It is no secret itself,
// and whatever stands in the log is opened for who may look there: to have it recorded anew would be to have it opened.

import { KernelError, sealedRefOf } from '@tksm/abstractions';
import type { HandleId, SealedRef, StoredValue } from '@tksm/abstractions';
import { OPERATOR_ID } from '../authority/handle-table.ts';
import type { Part } from './part.ts';
import { hasReferences, referencesIn } from './tagged.ts';

/** What somebody was shown of what the log hides. */
export interface Shown {
  has(ref: SealedRef): boolean;
  /** The texts of a value that repeat what was shown. */
  repeatedIn(clear: StoredValue): readonly Part[];
}

/** Who gives a value that is to be logged. */
export interface Giver {
  readonly handle: HandleId;
  /** Undefined: nothing. */
  readonly shown?: Shown | undefined;
}

/** The kernel, passing on what it has taken in before. */
export const KERNEL: Giver = Object.freeze({ handle: OPERATOR_ID });

/** Refuses sealed values that their giver was not shown. The operator may give any. @throws KernelError `CapabilityDenied` */
export function checkGiven(value: StoredValue, { handle, shown }: Giver): void {
  if (handle === OPERATOR_ID || !hasReferences(value)) return;
  for (const reference of referencesIn(value)) {
    const ref = sealedRefOf(reference);
    if (ref === undefined || shown?.has(ref) === true) continue;
    const { commitment } = ref;
    throw new KernelError(
      'CapabilityDenied',
      `handle ${handle} was not shown the sealed value ${commitment}`,
      {
        data: { handle, commitment },
        next: 'give the value itself, or { "$output" } of a job that has it',
      },
    );
  }
}
