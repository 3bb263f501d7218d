import {
  coversCaveats,
  coversRight,
  formatRight,
  GRANT_LIMITS,
  KernelError,
  parseCaveats,
  parseRight,
} from '@tksm/abstractions';
import type { CapabilityGrant, Caveats } from '@tksm/abstractions';
import { tooMuchGranted } from './token-fault.ts';

/** The last second of RFC 3339, in which times of Datalog are written. */
const LAST_INSTANT = Date.UTC(10_000, 0) - 1_000;

/** What a grant was before it was looked at. */
export interface GivenGrant {
  readonly rights?: unknown;
  readonly caveats?: unknown;
  readonly note?: unknown;
}

/**
 * A grant in its one form, with nothing in it that a token cannot say.
 *
 * @throws KernelError `InvalidInput`
 */
export function soundGrant({ rights, caveats = {}, note }: GivenGrant): CapabilityGrant {
  if (!Array.isArray(rights) || rights.length === 0)
    throw invalid('rights', 'a token has at least one right');
  if (note !== undefined && typeof note !== 'string') throw invalid('note', 'the note is not a text');
  const sound = parseCaveats(caveats);
  if (sound.expiresAt !== undefined && sound.expiresAt > LAST_INSTANT) {
    throw invalid('expiresAt', 'a token expires before the year 10000');
  }
  return {
    rights: rights.map((right: unknown) => formatRight(parseRight(right as string))),
    ...(Object.keys(sound).length > 0 && { caveats: sound }),
    ...(note !== undefined && { note }),
  };
}

/** A grant that a zone takes, in its one form. @throws KernelError `InvalidInput`, `TokenTooLarge` */
export function boundedGrant(given: GivenGrant): CapabilityGrant {
  const grant = soundGrant(given);
  const { rights, note = '' } = grant;
  const { rights: most, rightsText, note: noteText } = GRANT_LIMITS;
  if (rights.length <= most && rights.join('').length <= rightsText && note.length <= noteText) return grant;
  throw tooMuchGranted();
}

/**
 * What is allowed below two grants, one after the other: rights of the second, caveats of both.
 *
 * @throws KernelError `CapabilityDenied` when the second is not within the first
 */
export function narrowed(above: CapabilityGrant, below: CapabilityGrant): CapabilityGrant {
  const granted = above.rights.map(parseRight);
  const uncovered = below.rights.find((text) => {
    const right = parseRight(text);
    return !granted.some((each) => coversRight(each, right));
  });
  if (uncovered !== undefined) {
    throw new KernelError('CapabilityDenied', `the token does not have ${uncovered}`, {
      data: { right: uncovered },
      next: 'ask for rights that the token has: tksm token inspect',
    });
  }
  const before = above.caveats ?? {};
  // What the second does not say stays as it was.
  const caveats = { ...before, ...below.caveats };
  const names = Object.keys(before) as (keyof Caveats)[];
  const wider = names.find((name) => !coversCaveats({ [name]: before[name] }, caveats));
  if (wider !== undefined) {
    throw new KernelError('CapabilityDenied', `the caveat ${wider} allows more than that of the token`, {
      data: { caveat: wider },
      next: 'ask for caveats within those of the token: tksm token inspect',
    });
  }
  return { rights: below.rights, caveats };
}

function invalid(field: string, message: string): KernelError {
  return new KernelError('InvalidInput', message, { data: { field } });
}
