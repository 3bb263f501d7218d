import type { Instant, KernelEvent } from '@tksm/abstractions';
import type { Dispatcher } from '../scheduler/dispatcher.ts';
import type { DueQueue } from '../scheduler/due-queue.ts';
import type { Settings } from '../settings/settings.ts';
import { parseBreakerName } from '../state/breaker-table.ts';
import type { JobState } from '../state/job-state.ts';
import type { KernelState } from '../state/kernel-state.ts';
import { calmAt, decideRung } from './decide-rung.ts';
import { ladderSetting } from './ladder-setting.ts';
import { RungGate } from './rung-gate.ts';

export interface EscalationHome {
  readonly state: KernelState;
  readonly settings: Settings;
  readonly dispatcher: Dispatcher;
  readonly due: DueQueue;
  /** Whether a job's handler runs in a worker of its own. */
  readonly isIsolated: (job: JobState) => boolean;
}

/**
 * Moves kinds up and down the escalation ladder, and sees to what their rungs mean. All that counts is in the state; here
 * is an index over it, rebuilt at start. A move is decided in the frame of what calls for it.
 */
export class Escalation {
  readonly #home: EscalationHome;
  readonly #gates = new Map<string, RungGate>();
  readonly #changed = new Set<string>();

  constructor(home: EscalationHome) {
    this.#home = home;
    home.due.judge(['calm'], ({ id, at }) => this.#calmAt(id) === at);
    for (const kind of home.state.ladder.keys()) this.#follow(kind);
    this.#demote();
    home.settings.onChange(() => {
      for (const kind of home.state.ladder.keys()) this.#changed.add(kind);
    });
  }

  /** Takes in an event that was just applied. */
  observe(event: KernelEvent): void {
    if (event.type === 'ladder.moved') {
      this.#follow(event.kind);
      this.#demote();
    } else if (event.type === 'breaker.opened') {
      const [family, kind] = parseBreakerName(event.breaker);
      if (family === 'kind' && event.by === undefined) this.#changed.add(kind);
    }
  }

  /** The next move that the facts call for. */
  next(now: Instant): KernelEvent | undefined {
    if (this.#changed.size === 0) return undefined;
    const { state, settings } = this.#home;
    for (const kind of this.#changed) {
      this.#changed.delete(kind);
      const record = state.ladder.get(kind);
      const event = record && decideRung(kind, record, ladderSetting(settings, kind), now);
      if (event !== undefined) return event;
      this.#expectCalm(kind);
    }
    return undefined;
  }

  /** A kind may have been calm for long enough. */
  ring(kind: string): void {
    this.#changed.add(kind);
  }

  /** Sees to it that a kind has the gate of its rung, or none. */
  #follow(kind: string): void {
    const { state, dispatcher } = this.#home;
    const rung = state.ladder.get(kind)?.rung;
    const gate = this.#gates.get(kind);
    if (gate?.rung !== rung) {
      this.#gates.delete(kind);
      if (gate !== undefined) dispatcher.drop(gate);
    }
    if ((rung === 'isolated' || rung === 'quarantined') && gate?.rung !== rung) {
      const next = new RungGate(kind, rung, this.#home.isIsolated);
      this.#gates.set(kind, next);
      dispatcher.use(next);
    }
    this.#expectCalm(kind);
  }

  #demote(): void {
    const { state, dispatcher } = this.#home;
    const demoted = new Set<string>();
    for (const [kind, { rung }] of state.ladder) if (rung !== 'ground') demoted.add(kind);
    dispatcher.demote(demoted);
  }

  #expectCalm(kind: string): void {
    const at = this.#calmAt(kind);
    if (at !== undefined) this.#home.due.push({ at, id: kind, what: 'calm' });
  }

  #calmAt(kind: string): Instant | undefined {
    const record = this.#home.state.ladder.get(kind);
    return record && calmAt(record, ladderSetting(this.#home.settings, kind));
  }
}
