import { KernelError, utf8Length } from '@tksm/abstractions';
import type { AppendOutcome, Instant, JobId, KernelEvent, LogHead, Position } from '@tksm/abstractions';
import { Admission } from '../admission/admission.ts';
import { Authority } from '../authority/authority.ts';
import type { TrustGate } from '../authority/trust/trust-gate.ts';
import { Refusals } from '../authority/refusals.ts';
import { HandleAlarms } from '../authority/handle-alarms.ts';
import { Breakers } from '../breakers/breakers.ts';
import { Escalation } from '../escalation/escalation.ts';
import type { Batch, Waiter } from '../log/batch.ts';
import { Committer } from '../log/committer.ts';
import { decideReaction } from '../jobs/decide-reaction.ts';
import type { KnownJob, RetiredRecords } from '../retention/retired-records.ts';
import { Agenda } from '../scheduler/agenda.ts';
import type { Dispatcher } from '../scheduler/dispatcher.ts';
import { Settings } from '../settings/settings.ts';
import { apply } from '../state/apply.ts';
import type { JobState } from '../state/job-state.ts';
import type { KernelState } from '../state/kernel-state.ts';
import type { KernelPorts } from './ports.ts';

/** Bytes around a list of events. */
const BRACKETS = 2;

export interface EngineListener {
  /** Slots may be free and jobs ready: the listener records leases. */
  pump(): void;
  /** A frame became durable. */
  published(batch: Batch): void;
  trouble(outcome: Exclude<AppendOutcome, { status: 'committed' }>): void;
}

export interface EngineParts {
  readonly state: KernelState;
  readonly head: LogHead;
  readonly retired: RetiredRecords;
  readonly dispatcher: (settings: Settings) => Dispatcher;
  readonly trust: (state: KernelState) => TrustGate;
  /** Whether a job's handler runs in a worker of its own. */
  readonly isIsolated: (job: JobState) => boolean;
}

/**
 * State, index and log of one zone, moved together. Guarantees:
 *
 * 1. Events are recorded as groups: a group is applied as a whole and shares a frame, or nothing of it happens.
 * 2. What follows from a group (dependents, parents) and the leases it makes possible join the same frame.
 * 3. State here may be ahead of the log by what is not durable yet; `durable` is how to wait.
 */
export class Engine {
  readonly state: KernelState;
  readonly agenda: Agenda;
  readonly settings: Settings;
  readonly admission: Admission;
  readonly authority: Authority;
  readonly refusals: Refusals;
  readonly breakers: Breakers;
  readonly escalation: Escalation;
  readonly handleAlarms: HandleAlarms;
  readonly retired: RetiredRecords;
  readonly #ports: KernelPorts;
  readonly #committer: Committer;
  readonly #listener: EngineListener;
  #settling = false;
  #abandoned: KernelError | undefined;

  constructor(ports: KernelPorts, { state, head, retired, ...parts }: EngineParts, listener: EngineListener) {
    this.#ports = ports;
    this.state = state;
    this.retired = retired;
    this.#listener = listener;
    this.settings = new Settings(state.world, ports.logger);
    this.admission = new Admission(state, this.settings);
    this.authority = new Authority(state, parts.trust(state), retired);
    this.refusals = new Refusals(this);
    const dispatcher = parts.dispatcher(this.settings);
    this.agenda = new Agenda(state, dispatcher);
    const { settings, agenda } = this;
    const home = { state, settings, dispatcher, due: agenda.due };
    this.breakers = new Breakers(home);
    this.handleAlarms = new HandleAlarms(state, agenda.due);
    this.escalation = new Escalation({ ...home, isIsolated: parts.isIsolated });
    this.#committer = new Committer(ports.log, head, ports, () => state.epoch, {
      durable: (batch) => {
        this.admission.published(batch.time);
        listener.published(batch);
      },
      trouble: (outcome) => {
        listener.trouble(outcome);
      },
    });
  }

  /** Time of the frame that the next decision goes into. Decisions use this and no other. */
  get now(): Instant {
    return this.#committer.time;
  }

  /** What is decided from here on is not earlier than `now`. */
  turn(now: Instant): void {
    this.#committer.turn(now);
  }

  /** Position that the next event gets. */
  get position(): Position {
    return this.state.position;
  }

  get head(): LogHead {
    return this.#committer.head;
  }

  get idle(): boolean {
    return this.#committer.idle;
  }

  /** Whether the log is so far behind that nothing more should be asked of it. */
  get isBehind(): boolean {
    return this.#committer.isBehind;
  }

  /** A job in the state. */
  job(id: JobId): JobState | undefined {
    return this.state.jobs.get(id);
  }

  /** A job in the state, or retired. @throws KernelError `IndexDamaged` */
  known(id: JobId): KnownJob | undefined {
    return this.state.jobs.get(id) ?? this.retired.job(id);
  }

  /**
   * Records a decision and what follows from it.
   *
   * @throws KernelError `CapabilityDenied`, `CapabilityExpiresFirst`, `FrameTooLarge` before anything happened; `ZoneStopped`
   * once the log has failed
   */
  commit(events: readonly KernelEvent[]): void {
    this.authority.admit(events, this.now);
    this.#record(events);
    this.settle();
  }

  /** Records what follows from the facts so far, and gives free slots away. */
  settle(): void {
    if (this.#settling) return;
    this.#settling = true;
    try {
      do {
        do {
          for (let reaction = this.agenda.nextReaction(); reaction; reaction = this.agenda.nextReaction()) {
            const events = decideReaction(reaction, this.state, this.agenda.families, this.now);
            if (events.length > 0) this.#record(events);
          }
        } while (this.#escalate());
        this.#listener.pump();
        // One that may not run any more has failed in its turn.
      } while (this.agenda.hasReactions);
    } finally {
      this.#settling = false;
    }
  }

  #escalate(): boolean {
    const event = this.breakers.next(this.now) ?? this.escalation.next(this.now);
    if (event !== undefined) this.#record([event]);
    return event !== undefined;
  }

  /** Records without looking for consequences; for the pump itself. */
  record(event: KernelEvent): void {
    this.#record([event]);
  }

  /** Hears when everything recorded so far is durable. */
  wait(waiter: Waiter): void {
    this.#committer.wait(waiter);
  }

  durable(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.wait({ durable: resolve, lost: reject });
    });
  }

  /** Whether the log has failed, and nothing is recorded here any more. */
  get abandoned(): boolean {
    return this.#abandoned !== undefined;
  }

  abandon(error: KernelError): void {
    this.#abandoned = error;
    this.#committer.abandon(error);
  }

  #record(events: readonly KernelEvent[]): void {
    if (this.#abandoned !== undefined) {
      throw new KernelError('ZoneStopped', 'the log has failed; the zone is recovering', {
        cause: this.#abandoned,
      });
    }
    const text = textOf(events);
    this.#checkSize(text);
    const time = this.now;
    const { state, agenda, settings, admission, breakers, escalation, handleAlarms } = this;
    for (const event of events) {
      if (event.type === 'records.retired') agenda.forget(event.jobs);
      apply(state, event, state.position, time);
      agenda.observe(event, time);
      breakers.observe(event, time);
      escalation.observe(event);
      if (state.capabilities.size > 0) handleAlarms.observe(event);
      admission.observe(event);
      settings.observe(event);
    }
    this.#committer.add(events, text, time);
  }

  #checkSize(text: string): void {
    const { maxFrameBytes } = this.#ports.log.capabilities;
    if (text.length * 3 <= maxFrameBytes / 2) return;
    const bytes = utf8Length(text) + BRACKETS;
    if (bytes > maxFrameBytes / 2) {
      const message = `${bytes} bytes of events belong together; a frame takes ${maxFrameBytes / 2}`;
      throw new KernelError('FrameTooLarge', message, { data: { bytes, limit: maxFrameBytes / 2 } });
    }
  }
}

/** The JSON of events, as it stands between the brackets of a list. */
function textOf(events: readonly KernelEvent[]): string {
  return events.length === 1 ? JSON.stringify(events[0]) : JSON.stringify(events).slice(1, -1);
}
