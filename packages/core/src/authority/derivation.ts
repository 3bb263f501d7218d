import {
  coversCaveats,
  coversRight,
  formatRight,
  GRANT_LIMITS,
  KernelError,
  parseCaveats,
  parseRight,
  RINGS,
} from '@tksm/abstractions';
import type { CapabilityGrant, Caveats, HandleId, Instant, Right, Ring } from '@tksm/abstractions';
import type { KernelState } from '../state/kernel-state.ts';
import { denied } from './denial.ts';
import { OPERATOR_ID } from './handle-table.ts';
import type { Held } from './held.ts';

/**
 * Bounds of handles, and of tokens that are revoked. The operator alone fills the second half of what a zone has: others
 * cannot leave it without.
 */
export const MOST = {
  handles: 100_000,
  /** Below one that the operator derived. */
  below: 1_000,
  /** Below any block of a token but the first: one who attenuates in masses takes no room from others. */
  belowBlock: 100,
  depth: 32,
  ...GRANT_LIMITS,
  reason: 1_000,
  revokedTokens: 100_000,
} as const;

/** What a handle is to be derived with, checked and in its one form. */
export interface Derivation {
  readonly rights: readonly Right[];
  readonly caveats: Caveats;
  readonly ring: Ring | undefined;
  readonly note: string | undefined;
}

/** What a handle is to be derived with, before it was looked at. */
interface GivenGrant {
  readonly rights?: unknown;
  readonly caveats?: unknown;
  readonly ring?: unknown;
  readonly note?: unknown;
}

/** @throws KernelError `InvalidInput` */
export function derivationOf({ rights, caveats, ring, note }: GivenGrant): Derivation {
  const read = { rights: rightsOf(rights), caveats: parseCaveats(caveats ?? {}), ring: ringOf(ring) };
  return { ...read, note: note === undefined ? undefined : boundedText(note, 'note') };
}

/** As the event of the derivation has it. */
export function grantOf({ rights, caveats, ring, note }: Derivation): CapabilityGrant {
  return {
    rights: rights.map(formatRight),
    ...(Object.keys(caveats).length > 0 && { caveats }),
    ...(ring !== undefined && { ring }),
    ...(note !== undefined && { note }),
  };
}

/**
 * Whether a derivation is within the handle above.
 *
 * @param parent undefined when it was revoked, or is unknown
 * @throws KernelError `CapabilityDenied`
 */
export function checkWithin(
  parent: Held | undefined,
  { rights, caveats, ring }: Derivation,
  by: HandleId,
): void {
  if (parent === undefined) throw denied(by, 'has ended, or is unknown');
  if (parent.depth >= MOST.depth) throw denied(by, `is the ${MOST.depth}th from the operator's`);
  if (ring !== undefined && ring < parent.capability.ring)
    throw denied(by, `is of ring ${parent.capability.ring}, further out than ${ring}`, { caveat: 'ring' });
  for (const right of rights) {
    if (parent.rights.some((has) => coversRight(has, right))) continue;
    const text = formatRight(right);
    throw denied(by, `does not allow all of ${text}`, { right: text });
  }
  const caveat = widerCaveat(parent.caveats, { ...parent.caveats, ...caveats });
  if (caveat !== undefined)
    throw denied(by, `has a narrower ${caveat} than what is asked for`, { caveat }, 'ask for less of it');
}

/** The first caveat that is wider than it may be. */
function widerCaveat(most: Caveats, asked: Caveats): keyof Caveats | undefined {
  const names = Object.keys(most) as (keyof Caveats)[];
  return names.find((name) => !coversCaveats({ [name]: most[name] }, { [name]: asked[name] }));
}

/** @throws KernelError `InvalidInput` */
export function checkUnexpired({ expiresAt }: Caveats, now: Instant): void {
  if (expiresAt !== undefined && expiresAt <= now) throw invalid('caveats.expiresAt', 'expiresAt is past');
}

/**
 * Whether there is room for more handles in the zone, and below a handle and those above it.
 *
 * @param above what they come from; an id that is not there yet, for the first of a token
 * @throws KernelError `TooManyCapabilities`
 */
export function checkRoom({ capabilities }: KernelState, above: HandleId, more: number): void {
  const limit = mostFor(above, MOST.handles);
  if (capabilities.size + more > limit) throw tooMany(`there are ${capabilities.size} handles`, limit);
  for (let at = capabilities.get(above); at !== undefined; at = at.above) {
    const isTop = at.above === undefined;
    if (!isTop && at.token === undefined) continue;
    const most = isTop ? MOST.below : MOST.belowBlock;
    if (capabilities.countBelow(at.id, most) + more > most)
      throw tooMany(`handle ${at.id} has ${most} below it, as many as one may have`, most);
  }
}

/** What there may be of what a zone has, when somebody adds to it. */
export function mostFor(by: HandleId, most: number): number {
  return by === OPERATOR_ID ? most : most / 2;
}

/** A text field of bounded length. @throws KernelError `InvalidInput` */
export function boundedText(text: unknown, field: 'note' | 'reason'): string {
  if (typeof text !== 'string') throw invalid(field, `${field} is a text`);
  if (text.length <= MOST[field]) return text;
  throw invalid(field, `${field} has at most ${MOST[field]} characters`);
}

export function tooMany(message: string, limit: number): KernelError {
  return new KernelError('TooManyCapabilities', message, { data: { limit } });
}

function ringOf(given: unknown): Ring | undefined {
  if (given === undefined) return undefined;
  const found = Object.values(RINGS).find((ring) => ring === given);
  if (found === undefined) throw invalid('ring', 'a ring is 0 to 3');
  return found;
}

function rightsOf(rights: unknown): readonly Right[] {
  if (!Array.isArray(rights) || rights.length === 0 || rights.length > MOST.rights)
    throw invalid('rights', `rights are 1 to ${MOST.rights} texts "action:resource"`);
  if (rights.join('').length > MOST.rightsText)
    throw invalid('rights', `rights have at most ${MOST.rightsText} characters together`);
  return rights.map((right: unknown) => {
    if (typeof right !== 'string') throw invalid('rights', 'a right is a text "action:resource"');
    return parseRight(right);
  });
}

function invalid(field: string, message: string): KernelError {
  return new KernelError('InvalidInput', message, { data: { field } });
}
