import type { Instant } from '@tksm/abstractions';
import type { JobState } from '../../state/job-state.ts';
import type { QueuedJob } from '../queued-job.ts';
import type { Gate } from './gate.ts';
import { Parking } from './parking.ts';

/**
 * The gates that are attached, and the ready jobs that they hold back. Whatever takes away the reason why a job is held
 * back (room, the gate, the job that was let through before it) lets it or the next one through: none is parked for ever.
 */
export class Gates {
  readonly #parkings = new Map<Gate, Map<string, Parking>>();
  readonly #offer: (job: QueuedJob) => void;
  #isGathering = false;

  /** @param offer takes a job that was let through */
  constructor(offer: (job: QueuedJob) => void) {
    this.#offer = offer;
  }

  get isEmpty(): boolean {
    return this.#parkings.size === 0;
  }

  use(gate: Gate, running: Iterable<JobState>): void {
    if (this.#parkings.has(gate)) return;
    this.#parkings.set(gate, new Map());
    if (gate.leased !== undefined) for (const job of running) gate.leased(job);
  }

  /** Takes a gate away, and lets everything through that it holds back. */
  drop(gate: Gate): void {
    const parkings = this.#parkings.get(gate);
    this.#parkings.delete(gate);
    for (const parking of parkings?.values() ?? []) {
      for (const job of parking.letGo()) this.#offer(job);
    }
  }

  /** Lets jobs line up, in any order, before the first of them is let through. */
  gather(lineUp: () => void, now: Instant): void {
    this.#isGathering = true;
    lineUp();
    this.#isGathering = false;
    for (const gate of this.#parkings.keys()) this.allOpened(gate, now);
  }

  /** Parks a job that just became ready where jobs are let through in order only. */
  lineUp(job: QueuedJob, now: Instant): boolean {
    for (const [gate, parkings] of this.#parkings) {
      const key = gate.inOrder === true ? gate.keyOf(job.job) : undefined;
      if (key === undefined || gate.exempts?.(job.job) === true) continue;
      const parking = parkingOf(gate, key, parkings);
      parking.park(job);
      if (!this.#isGathering) this.#refill(parking, now);
      return true;
    }
    return false;
  }

  /** Parks a job that a policy has chosen, when a gate has no room for it. */
  stop(job: QueuedJob, now: Instant): boolean {
    for (const [gate, parkings] of this.#parkings) {
      const key = gate.keyOf(job.job);
      if (key === undefined || gate.room(key, now) > 0 || gate.exempts?.(job.job) === true) continue;
      const parking = parkingOf(gate, key, parkings);
      parking.arrived(job.id);
      parking.park(job);
      gate.parked?.(key, now);
      this.#passOn(job.job, now, (other) => other !== gate && other.inOrder !== true);
      return true;
    }
    return false;
  }

  leased(job: JobState): void {
    for (const [gate, parkings] of this.#parkings) {
      gate.leased?.(job);
      this.#arrived(gate, job, parkings);
    }
  }

  /** A job is leased no more, or was settled or held without a lease: others may have room. */
  freed(job: JobState, now: Instant): void {
    for (const gate of this.#parkings.keys()) gate.freed?.(job);
    this.#passOn(job, now);
  }

  /** A job is ready no more, and was not leased: who was to come after it may come now. */
  left(job: JobState, now: Instant): void {
    this.#passOn(job, now);
  }

  holds(gate: Gate, key: string): boolean {
    return this.#parkings.get(gate)?.has(key) === true;
  }

  /** There may be room under any key of a gate again. */
  allOpened(gate: Gate, now: Instant): void {
    for (const parking of [...(this.#parkings.get(gate)?.values() ?? [])]) this.#refill(parking, now);
  }

  /** There may be room under a key again. */
  opened(gate: Gate, key: string, now: Instant): void {
    const parking = this.#parkings.get(gate)?.get(key);
    if (parking !== undefined) this.#refill(parking, now);
  }

  /** A job has left the way to its lease, as far as some gates are concerned: where it stood, the next one is let through. */
  #passOn(job: JobState, now: Instant, concerns?: (gate: Gate) => boolean): void {
    for (const [gate, parkings] of this.#parkings) {
      if (parkings.size === 0 || concerns?.(gate) === false) continue;
      const parking = this.#arrived(gate, job, parkings);
      if (parking !== undefined) this.#refill(parking, now);
    }
  }

  #arrived(gate: Gate, job: JobState, parkings: ReadonlyMap<string, Parking>): Parking | undefined {
    if (parkings.size === 0) return undefined;
    const key = gate.keyOf(job);
    const parking = key === undefined ? undefined : parkings.get(key);
    parking?.arrived(job.id);
    return parking;
  }

  #refill(parking: Parking, now: Instant): void {
    const all = parking.isWideOpen(now) ? parking.letGo() : [];
    for (const job of all) this.#offer(job);
    for (let job = parking.letThrough(now); job !== undefined; job = parking.letThrough(now))
      this.#offer(job);
    if (parking.isEmpty) this.#parkings.get(parking.gate)?.delete(parking.key);
  }
}

function parkingOf(gate: Gate, key: string, parkings: Map<string, Parking>): Parking {
  let parking = parkings.get(key);
  if (parking === undefined) parkings.set(key, (parking = new Parking(gate, key)));
  return parking;
}
