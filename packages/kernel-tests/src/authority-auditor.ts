import type {
  AgentSpawned,
  CapabilityDerived,
  HandleId,
  Instant,
  KernelEvent,
  Position,
  RecordedEvent,
  RightUse,
} from '@tksm/abstractions';
import { AgentEffects } from './agent-effects.ts';

const OPERATOR = 'operator';

interface Known {
  readonly parent: string;
  readonly derived: CapabilityDerived;
  uses: number;
  tokens: number;
  filledAt: Instant;
  revoked: boolean;
}

/** An effect: what is done, to what; and what else of it caveats look at. */
export interface Effect extends RightUse {
  readonly kind?: string;
}

/**
 * Judges a log without the kernel's own gate: whether each effect in it was allowed, at its time, by a live handle and all
 * those above it. It shares no code with the kernel, and asks each handle of the chain anew.
 */
export class AuthorityAuditor {
  readonly #handles = new Map<string, Known>();
  readonly #kinds = new Map<string, string>();
  readonly #agents = new AgentEffects();

  /** Takes in the next event of the log. @throws Error when nothing allowed it */
  take({ event, time, position }: RecordedEvent): void {
    if (event.type === 'job.submitted') this.#kinds.set(event.job, event.spec.kind);
    const by = 'by' in event ? event.by : undefined;
    const effects = this.#effectsOf(event);
    if (by !== undefined && by !== OPERATOR && !isConsequence(event)) {
      for (const effect of effects) {
        const fault = this.faultOf(by, effect, time);
        if (fault !== undefined) throw new Error(`event ${position} (${event.type}) by ${by}: ${fault}`);
      }
      if (isCounted(event)) for (const known of this.#chain(by)) use(known, time);
    }
    if (event.type === 'capability.derived') {
      const { rate } = event.caveats ?? {};
      const fresh = { uses: 0, tokens: rate?.limit ?? 0, filledAt: time, revoked: false };
      this.#handles.set(event.handle, { parent: event.by, derived: event, ...fresh });
    }
    if (event.type === 'agent.spawned') this.#checkParent(event, position);
    if (event.type === 'capability.revoked') {
      const known = this.#handles.get(event.handle);
      if (known !== undefined) known.revoked = true;
    }
    if (event.type === 'token.revoked') {
      for (const known of this.#handles.values())
        if (known.derived.token === event.token) known.revoked = true;
    }
  }

  /** An agent below another one has its handle below that one's. */
  #checkParent(event: AgentSpawned, position: Position): void {
    const above = this.#agents.aboveOf(event);
    if (above === undefined || this.#handles.get(event.handle)?.parent === above) return;
    throw new Error(`event ${position}: agent ${event.agent} does not hang from its parent's handle`);
  }

  /** Why a handle does not allow an effect; undefined when it does. */
  faultOf(by: HandleId, effect: Effect, time: Instant): string | undefined {
    const chain = this.#chain(by);
    if (chain.length === 0) return 'there is no such handle';
    for (const known of chain) {
      const { derived, revoked } = known;
      const { expiresAt, count, rate, kinds, hosts, within, amount } = derived.caveats ?? {};
      if (revoked) return 'revoked';
      if (expiresAt !== undefined && expiresAt <= time) return 'expired';
      if (!derived.rights.some((right) => isFor(right, effect))) return `no right in ${derived.handle}`;
      if (kinds !== undefined && effect.kind !== undefined && !kinds.includes(effect.kind)) return 'kinds';
      if (hosts !== undefined && effect.host !== undefined && !hosts.some(isHost(effect.host)))
        return 'hosts';
      if (within !== undefined && effect.path !== undefined && !isIn(effect.path, within)) return 'within';
      if (amount !== undefined && BigInt(effect.amount ?? 0) > BigInt(amount)) return 'amount';
      if (count !== undefined && known.uses >= count) return 'count';
      if (rate !== undefined && filled(known, time) < 1 - 1e-6) return 'rate';
    }
    return undefined;
  }

  #chain(by: string): Known[] {
    const chain: Known[] = [];
    for (let at = this.#handles.get(by); at !== undefined; at = this.#handles.get(at.parent)) chain.push(at);
    return chain;
  }

  #effectsOf(event: KernelEvent): Effect[] {
    if ('agent' in event) return this.#agents.take(event);
    switch (event.type) {
      case 'job.submitted': {
        const { kind, uses } = event.spec;
        return (uses ?? [{ action: 'job.submit', resource: kind }]).map((use) => ({ ...use, kind }));
      }
      case 'driver.called': {
        const kind = this.#kinds.get(event.job) ?? '?';
        return event.uses.map((use) => ({ ...use, kind }));
      }
      case 'job.cancelling':
      case 'job.cancelled':
        return [this.#ofJob('job.cancel', event.job)];
      case 'token.revoked':
        return [{ action: 'token.revoke', resource: event.token }];
      case 'message.sent':
        return [this.#ofJob('inbox.send', event.job)];
      case 'fact.emitted':
        return [{ action: 'fact.emit', resource: event.fact.name }];
      case 'world.rewritten':
        if (event.uses !== undefined) return [...event.uses];
        return [
          ...(event.rewrite.puts ?? []).map(([key]) => ({ action: 'var.set', resource: nameIn(key) })),
          ...(event.rewrite.deletes ?? []).map((key) => ({ action: 'var.delete', resource: nameIn(key) })),
        ];
      default:
        return [];
    }
  }

  #ofJob(action: string, job: string): Effect {
    const kind = this.#kinds.get(job) ?? '?';
    return { action, resource: `${kind}/${job}`, kind };
  }
}

/** What follows from something that was allowed before. */
function isConsequence(event: KernelEvent): boolean {
  if (event.type === 'command.settled' || event.type === 'capability.revoked') return true;
  if (event.type === 'capability.derived' && event.token !== undefined) return true;
  return event.type === 'job.submitted' && (event.spec.tick ?? event.spec.supervision) !== undefined;
}

/** A job that is a call of a driver is counted when it calls. */
function isCounted(event: KernelEvent): boolean {
  return event.type !== 'job.submitted' || event.spec.uses === undefined;
}

function isHost(host: string): (pattern: string) => boolean {
  return (pattern) => (pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern);
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

function nameIn(key: string): string {
  return key.split('/').slice(2).join('/');
}

function filled({ derived, tokens, filledAt }: Known, time: Instant): number {
  const { rate } = derived.caveats ?? {};
  if (rate === undefined) return Number.POSITIVE_INFINITY;
  return Math.min(rate.limit, tokens + ((time - filledAt) * rate.limit) / rate.periodMs);
}

function use(known: Known, time: Instant): void {
  known.uses += 1;
  known.tokens = filled(known, time) - 1;
  known.filledAt = time;
}

function isFor(right: string, { action, resource }: Effect): boolean {
  const colon = right.indexOf(':');
  const [actions, resources] = [right.slice(0, colon), right.slice(colon + 1)];
  const isAction = actions.endsWith('*') ? action.startsWith(actions.slice(0, -1)) : actions === action;
  return isAction && isBelow(resources.split('/'), resource.split('/'));
}

function isBelow([first, ...pattern]: readonly string[], path: readonly string[]): boolean {
  if (first === '**') return true;
  if (first === undefined || path.length === 0) return first === undefined && path.length === 0;
  return (first === '*' || first === path[0]) && isBelow(pattern, path.slice(1));
}
