import { allowsRight, askRight, parseRight } from '@tksm/abstractions';
import type { CapabilityRecord, HandleId, KernelEvent, StateReader } from '@tksm/abstractions';
import { userOf } from '../state/apply-capability.ts';
import { requiredRights } from './required-rights.ts';
import type { Asked } from './required-rights.ts';

/** A handle on the way from the one that did something up to the operator's. */
export interface ExplainedHandle {
  readonly capability: CapabilityRecord;
  /** Its rights that are for what was done. */
  readonly rights: readonly string[];
}

/** Why an event was allowed. */
export interface Explanation {
  /** The handle that it names. Absent: it follows from what was allowed before, or is the kernel's own. */
  readonly handle?: HandleId;
  /** The rights that it needed, `action:resource`. */
  readonly needed: readonly string[];
  /** The handle and those above it; none when it is the operator's, which allows everything. */
  readonly chain: readonly ExplainedHandle[];
}

/** Which handle allowed an event, by which rights; `before` is the state that the event met. */
export function explainEvent(event: KernelEvent, before: StateReader): Explanation {
  const handle = userOf(event) ?? ('by' in event ? event.by : undefined);
  if (handle === undefined) return { needed: [], chain: [] };
  const asked = requiredRights(
    event,
    (job) => before.jobs.get(job)?.spec.kind ?? '',
    (agent) => before.agents.get(agent)?.path ?? agent,
  );
  const chain: ExplainedHandle[] = [];
  for (let at = before.capabilities.get(handle); at !== undefined; at = before.capabilities.get(at.parent))
    chain.push({
      capability: at,
      rights: at.rights.filter((right) => asked.some((one) => isFor(right, one))),
    });
  return { handle, needed: asked.map(({ action, resource }) => `${action}:${resource}`), chain };
}

function isFor(right: string, { action, resource }: Asked): boolean {
  return allowsRight(parseRight(right), askRight(action, resource));
}
