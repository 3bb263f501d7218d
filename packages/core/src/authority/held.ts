import {
  allowsRight,
  askRight,
  coversRight,
  isKernelError,
  parseRight,
  refusingCaveat,
} from '@tksm/abstractions';
import type { AskedRight, Caveats, Instant, Right } from '@tksm/abstractions';
import type { Capability } from '../state/capability-table.ts';
import type { Asked } from './required-rights.ts';
import { soundRight } from './sound-right.ts';

/** Answers that are remembered of a handle: there may be very many handles. */
const MOST_KNOWN = 64;
/** Longest resource of an answer that is remembered. */
const LONGEST_KNOWN = 128;

/** A live handle, made ready to be asked. What it allows never changes; how often is in its record and those above. */
export class Held {
  readonly capability: Capability;
  readonly rights: readonly Right[];
  /** How many handles there are from the operator's to it. */
  readonly depth: number;
  /** The narrowest of each caveat. */
  readonly caveats: Caveats;
  /** Whether a caveat looks at more than time and counts. */
  readonly #looks: boolean;
  /** What was allowed before. */
  readonly #known = new Map<string, Set<string>>();
  #count = 0;

  constructor(capability: Capability, parent: Held | undefined) {
    this.capability = capability;
    this.rights = capability.rights.map(parseRight);
    this.depth = (parent?.depth ?? 0) + 1;
    this.caveats = { ...parent?.caveats, ...capability.caveats };
    const { hosts, within, amount, kinds } = this.caveats;
    this.#looks = (hosts ?? within ?? amount ?? kinds) !== undefined;
  }

  /** Whether one of its rights is for this. None is for what no right could name, as `a/../b`. */
  hasRight(action: string, resource: string): boolean {
    if (this.#known.get(action)?.has(resource) === true) return true;
    const asked = askable(action, resource);
    if (asked === undefined || !this.rights.some((right) => allowsRight(right, asked))) return false;
    if (resource.length <= LONGEST_KNOWN) this.#remember(action, resource);
    return true;
  }

  /** Whether it may submit jobs of a kind, and no caveat looks at more. */
  allowsKind(kind: string): boolean {
    return !this.#looks && this.hasRight('job.submit', kind);
  }

  /** Whether one of its rights is for an action that begins so: with words, and a dot at the end. */
  hasFamily(family: string): boolean {
    return this.rights.some(({ action, stem }) =>
      stem === undefined ? action.startsWith(family) : stem.startsWith(family) || family.startsWith(stem),
    );
  }

  /** Whether one of its rights covers another one, patterns included; a text that is no right is covered by none. */
  hasAllOf(text: string): boolean {
    const claimed = soundRight(text);
    return claimed !== undefined && this.rights.some((right) => coversRight(right, claimed));
  }

  /** The caveat that refuses, times and counts aside. Most handles have none that could. */
  refusing(asked: Asked, at: Instant): string | undefined {
    return this.#looks ? refusingCaveat(this.caveats, { at, ...asked }) : undefined;
  }

  #remember(action: string, resource: string): void {
    if (this.#count >= MOST_KNOWN) {
      this.#known.clear();
      this.#count = 0;
    }
    const ofAction = this.#known.get(action);
    if (ofAction === undefined) this.#known.set(action, new Set([resource]));
    else ofAction.add(resource);
    this.#count += 1;
  }
}

/** Made when it is first asked: most handles below a busy one never are. */
export function heldOf(capability: Capability): Held {
  const { above } = capability;
  return (capability.held ??= new Held(capability, above && heldOf(above)));
}

/** Whether a handle allows to submit jobs of a kind, and no caveat looks at more. */
export function allowsKind(capability: Capability, kind: string): boolean {
  if (capability.kind === kind) return true;
  if (!heldOf(capability).allowsKind(kind)) return false;
  capability.kind = kind;
  return true;
}

function askable(action: string, resource: string): AskedRight | undefined {
  try {
    return askRight(action, resource);
  } catch (error) {
    if (isKernelError(error, 'InvalidInput')) return undefined;
    throw error;
  }
}
