// Reads every frame as it becomes durable, and keeps its own account of what the events mean. It shares no code with the
// kernel's `apply`: where both are wrong they must be wrong in the same way.

import type { Frame, KernelEvent, LogHead } from '@tksm/abstractions';
import { AuditedJobs } from './audited-jobs.ts';
import type { JobEvent } from './audited-jobs.ts';
import { AuditedSchedules } from './audited-schedules.ts';
import { LeaseRules } from './lease-rules.ts';
import { AuditedVars } from './audited-vars.ts';
import { FrameChain } from './frame-chain.ts';
import { mustHold } from './violation.ts';

export class Auditor {
  readonly jobs: AuditedJobs;
  readonly vars = new AuditedVars();
  readonly #rules: LeaseRules;
  readonly schedules = new AuditedSchedules();
  /** Events of each type. */
  readonly #counts = new Map<string, number>();
  readonly #chain = new FrameChain();
  /** What each command id came to, and where. The jobs of a batch share one. */
  readonly #commands = new Map<string, { readonly type: KernelEvent['type']; readonly position: number }>();
  /** Type of each event, by position. */
  readonly #types: string[] = [];
  #claimed = 0;

  constructor(concurrency: number) {
    this.#rules = new LeaseRules(concurrency, this.vars);
    this.jobs = new AuditedJobs(this.#rules);
  }

  get head(): LogHead {
    return this.#chain.head;
  }

  /** Whether a command id has its outcome. */
  knows(cmd: string): boolean {
    return this.#commands.has(cmd);
  }

  typeAt(position: number): string | undefined {
    return this.#types[position];
  }

  countOf(type: KernelEvent['type']): number {
    return this.#counts.get(type) ?? 0;
  }

  /** A frame whose append was answered `committed`. */
  committed(frame: Frame): void {
    this.#fold(frame);
    this.#chain.acknowledge();
  }

  /** The whole log as it is read after a recovery. */
  recovered(frames: readonly Frame[]): void {
    const more = this.#chain.continued(frames);
    if (more !== undefined) this.#fold(more);
    this.#chain.acknowledge();
  }

  /** Position of the first frame that a log has lost. */
  firstMissing(frames: readonly Frame[]): number | undefined {
    return this.#chain.firstMissing(frames);
  }

  #fold(frame: Frame): void {
    const { position, epoch, time, count } = frame;
    this.#chain.add(frame);
    const events = JSON.parse(new TextDecoder().decode(frame.payload)) as KernelEvent[];
    const isWhole = events.length === count && count > 0;
    mustHold('dense', isWhole, `the frame at ${position} has another number of events`);
    for (const [index, event] of events.entries()) this.#event(event, position + index, time);
    this.#rules.framed(time);
    const message = `the frame at ${position} has epoch ${epoch}, claimed is ${this.#claimed}`;
    mustHold('epochs-grow', epoch === this.#claimed, message);
  }

  #event(event: KernelEvent, position: number, time: number): void {
    this.#counts.set(event.type, this.countOf(event.type) + 1);
    this.#types.push(event.type);
    const valid = typeof event.type === 'string' && Number.isSafeInteger(event.v) && event.v >= 1;
    mustHold('valid-events', valid, `event ${position} has no type or version`);
    if ('cmd' in event && event.cmd !== undefined) this.#command(event.cmd, event.type, position);
    if (event.type === 'zone.created')
      mustHold('valid-events', position === 0, `the zone is created at ${position}`);
    else if (event.type === 'sequencer.claimed') this.#claim(event.epoch);
    else if (event.type === 'job.submitted') this.jobs.submit(event, { position, time });
    else if ('job' in event && event.job !== undefined && !isAnnounced(event))
      this.jobs.observe(event as JobEvent, position, time);
    this.schedules.observe(event, position, time);
    this.#rules.observe(event, { what: `${event.type} at ${position}`, position, time });
    if (event.type === 'records.retired') this.jobs.retire(event.jobs, position);
    if (event.type === 'world.rewritten') this.vars.rewrite(event.rewrite, position);
  }

  #command(cmd: string, type: KernelEvent['type'], position: number): void {
    const first = this.#commands.get(cmd);
    // That no job is submitted twice is checked for itself.
    const isBatch = first?.type === 'job.submitted' && type === 'job.submitted' && cmd.startsWith('batch');
    const message = `command ${cmd} has outcomes at ${first?.position ?? 0} and ${position}`;
    mustHold('one-outcome', first === undefined || isBatch, message);
    this.#commands.set(cmd, { type, position });
  }

  #claim(epoch: number): void {
    mustHold('epochs-grow', epoch === this.#claimed + 1, `epoch ${epoch} is claimed after ${this.#claimed}`);
    this.#claimed = epoch;
  }
}

/** The job that it names is submitted after it, in the same frame. */
function isAnnounced({ type }: KernelEvent): boolean {
  return type.startsWith('schedule.') || type.startsWith('supervisor.');
}
