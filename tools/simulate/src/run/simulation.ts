// One run of one plan: a whole kernel over the shipped log driver on a simulated disk, in one thread, under virtual time.
// The same plan gives the same trace, byte for byte.

import { createHash } from 'node:crypto';
import { isKernelError } from '@tksm/abstractions';
import { createMemoryBlobStore, seededRandom, VirtualClock } from '@tksm/drivers-memory';
import { Auditor } from '../audit/auditor.ts';
import { checkNothingStuck } from '../audit/consequences.ts';
import { mustHold, Violation } from '../audit/violation.ts';
import { rot } from '../disk/rot.ts';
import { SimDisk } from '../disk/sim-disk.ts';
import { SimIndex } from '../disk/sim-index.ts';
import { SimSnapshots } from '../disk/sim-snapshots.ts';
import type { PlantedBug } from '../log/bug-names.ts';
import type { Act } from '../workload/act.ts';
import type { Plan } from '../workload/plan.ts';
import { FaultCounts } from './fault-counts.ts';
import { HandlerWatch } from './handler-watch.ts';
import { Incarnation } from './incarnation.ts';
import type { Machine } from './incarnation.ts';
import { liftHolds } from './lift-holds.ts';
import { Operator } from './operator.ts';
import { Patience } from './patience.ts';
import { checkState, glance } from './state-check.ts';
import { asViolation, Verdict } from './verdict.ts';

/** Starts that may fail before the disk is healed. */
const MAX_STARTS = 12;
/** Longer than a log takes that recovers and a clock that is not believed, together. */
const CATCH_UP_MS = 120_000;
/** What is counted by its events. */
const COUNTED_EVENTS = [
  ['late-result', 'job.result-rejected'],
  ['deduplicated', 'job.deduplicated'],
  ['retired', 'records.retired'],
  ['recalled', 'job.recalled'],
  ['breaker-opened', 'breaker.opened'],
  ['breaker-half-opened', 'breaker.half-opened'],
  ['breaker-closed', 'breaker.closed'],
  ['ladder-moved', 'ladder.moved'],
  ['ticked', 'schedule.ticked'],
  ['debounced', 'job.debounced'],
  ['supervisor-started', 'supervisor.started'],
  ['supervisor-restarting', 'supervisor.restarting'],
  ['supervisor-ended', 'supervisor.ended'],
] as const;

export interface RunReport {
  readonly violation?: Violation;
  /** The act at which it showed. */
  readonly at: number;
  readonly commands: number;
  readonly events: number;
  readonly incarnations: number;
  readonly diskCalls: number;
  readonly checksum: string;
  readonly counts: FaultCounts;
}

export async function simulate(plan: Plan, bug?: PlantedBug): Promise<RunReport> {
  return await new Simulation(plan, bug).run();
}

class Simulation {
  readonly #machine: Machine;
  readonly #trace = createHash('sha256');
  readonly #operator: Operator;
  #incarnation: Incarnation;

  constructor(plan: Plan, bug: PlantedBug | undefined) {
    const [counts, verdict, auditor] = [new FaultCounts(), new Verdict(), new Auditor(plan.concurrency)];
    const clock = new VirtualClock({ soon: 'manual' });
    const disk = new SimDisk(counts, () => {
      this.#incarnation.time.cut();
    });
    this.#machine = {
      ...{ plan, bug, counts, verdict, auditor, clock, disk, blobs: createMemoryBlobStore() },
      random: seededRandom(`kernel ${plan.seed}`),
      next: seededRandom(`disk ${plan.seed}`).next,
      index: new SimIndex(counts, seededRandom(`index ${plan.seed}`).next),
      snapshots: new SimSnapshots(counts, seededRandom(`snapshots ${plan.seed}`).next),
      watch: new HandlerWatch(auditor.jobs, verdict, counts),
      patience: new Patience(clock, () => verdict.isOver || disk.dead),
    };
    const traced = (line: string): void => void this.#trace.update(`${line}\n`);
    this.#operator = new Operator({ auditor, counts, verdict, clock, traced });
    this.#incarnation = new Incarnation(this.#machine);
  }

  async run(): Promise<RunReport> {
    const { plan, verdict, auditor, counts, disk } = this.#machine;
    let at = 0;
    try {
      await this.#start();
      for (; at < plan.acts.length && !verdict.isOver; at++) {
        const act = plan.acts[at];
        if (act !== undefined) await this.#step(act);
      }
      if (!verdict.isOver) await this.#comeToRest();
    } catch (error) {
      if (isKernelError(error, 'LogDamaged')) this.#damage(error);
      else verdict.blame(asViolation(error));
    }
    this.#incarnation.time.cut();
    for (const [name, type] of COUNTED_EVENTS) counts.add(name, auditor.countOf(type));
    const { violation } = verdict;
    return {
      ...(violation && { violation }),
      ...{ at, commands: this.#operator.commands, events: auditor.head.position },
      ...{ incarnations: auditor.countOf('sequencer.claimed'), diskCalls: disk.calls, counts },
      checksum: this.#trace.copy().update(auditor.head.hash).digest('hex'),
    };
  }

  async #step(act: Act): Promise<void> {
    const { auditor, clock, disk } = this.#machine;
    this.#trace.update(`${act.act} ${auditor.head.hash} ${clock.now()}\n`);
    await this.#do(act);
    if (disk.dead) await this.#restart();
  }

  async #do(act: Act): Promise<void> {
    const { clock, disk, counts, auditor, verdict } = this.#machine;
    switch (act.act) {
      case 'advance':
        await clock.advanceBy(act.ms);
        break;
      case 'jump':
        counts.add(act.ms < 0 ? 'clock-back' : 'clock-forward');
        this.#incarnation.jump(act.ms);
        break;
      case 'settle':
        await clock.advanceBy(5);
        break;
      case 'fault':
        disk.arm(act.fault);
        break;
      case 'rot':
        rot(disk, act.kind, act.chance, counts);
        break;
      case 'crash':
        disk.crash(act.fault);
        break;
      case 'check':
        await this.#check();
        break;
      case 'drain':
        await this.#drain(act.graceMs);
        break;
      case 'restart':
        await this.#stop();
        break;
      default: {
        const { kernel } = this.#incarnation;
        if (kernel === undefined) return;
        this.#operator.give(kernel, act);
        glance(kernel, auditor, verdict);
      }
    }
  }

  /** Drains the kernel and pulls the plug. A zone whose log failed cannot drain, and says so. */
  async #drain(graceMs: number): Promise<void> {
    const { counts, verdict, auditor, patience } = this.#machine;
    const { kernel } = this.#incarnation;
    if (kernel === undefined) return;
    counts.add('drain');
    const draining = kernel.drain({ graceMs }).then(() => {
      const { running } = auditor.jobs;
      verdict.check(() => {
        mustHold('drains-are-quiet', running === 0, `${running} attempts hold a lease after a drain`);
      });
    });
    await patience.until(draining.catch(unlessZoneStopped), 'a drain');
    this.#unplug();
  }

  /** Ends the incarnation in order. */
  async #stop(): Promise<void> {
    const { kernel } = this.#incarnation;
    if (kernel === undefined) return;
    this.#machine.counts.add('clean-restart');
    await this.#machine.patience.until(kernel.stop(), 'a stop');
    this.#unplug();
  }

  #unplug(): void {
    this.#machine.disk.crash({ kind: 'process-kill', afterCalls: 0, calls: 0, chance: 0 });
  }

  async #restart(): Promise<void> {
    const { disk, verdict } = this.#machine;
    for (let starts = 0; disk.dead && !verdict.isOver; starts++) {
      if (starts > MAX_STARTS) disk.heal();
      disk.revive();
      await this.#start();
    }
  }

  /** Opens an incarnation. A start that the disk prevents is tried again; the disk is healed in the end. */
  async #start(): Promise<void> {
    const { disk, verdict, clock } = this.#machine;
    for (let tries = 0; !verdict.isOver; tries++) {
      if (tries > MAX_STARTS) disk.heal();
      this.#incarnation.time.cut();
      this.#incarnation = new Incarnation(this.#machine);
      try {
        await this.#incarnation.open();
        if (this.#incarnation.kernel !== undefined || disk.dead) return;
      } catch (error) {
        if (disk.dead) return;
        if (isKernelError(error, 'LogDamaged') || isKernelError(error, 'FormatTooNew')) {
          this.#damage(error);
          return;
        }
        if (!isKernelError(error) || error.code === 'Internal') throw error;
        this.#trace.update(`start failed ${error.code}\n`);
      }
      await clock.advanceBy(1_000);
    }
  }

  /** The log says that it cannot be trusted. That is right only if the disk lied. */
  #damage(error: Error): void {
    const { disk, verdict, counts } = this.#machine;
    this.#trace.update('damage\n');
    if (!disk.lied) verdict.blame(new Violation('healthy-logs-open', error.message));
    counts.add('damage-reported');
    verdict.end();
  }

  /** Heals the disk and lets everything end that can; then nothing may be left that waits for nothing. */
  async #comeToRest(): Promise<void> {
    const { disk, verdict, patience, auditor, clock } = this.#machine;
    disk.heal();
    const { kernel } = this.#incarnation;
    if (auditor.schedules.isTicking && !disk.lied) {
      await clock.advanceBy(CATCH_UP_MS);
      if (!verdict.isOver) auditor.schedules.checkNoneIsLost(auditor.head.time);
    }
    if (kernel !== undefined) await liftHolds(kernel, patience, clock);
    if (!(await patience.untilRest())) return;
    if (disk.lied && this.#incarnation.kernel?.phase === 'failed') {
      this.#damage(new Error('the zone failed'));
      return;
    }
    await this.#check();
    checkNothingStuck(auditor.jobs, clock.now());
    await this.#stop();
    if (!verdict.isOver) await this.#restart();
    if (!verdict.isOver) await this.#check();
  }

  async #check(): Promise<void> {
    const { auditor, patience } = this.#machine;
    const { kernel, log } = this.#incarnation;
    if (kernel !== undefined && log !== undefined) await checkState({ kernel, log, auditor, patience });
  }
}

function unlessZoneStopped(error: unknown): void {
  if (!isKernelError(error, 'ZoneStopped') && !isKernelError(error, 'OutcomeUnknown')) throw error;
}
