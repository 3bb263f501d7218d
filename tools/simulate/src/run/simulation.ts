// One run of one plan: a whole kernel over a simulated log on a simulated disk, in one thread, under virtual time. The
// same plan gives the same trace, byte for byte.

import { createHash } from 'node:crypto';
import { isKernelError } from '@tksm/abstractions';
import type { EventLog, Frame, Kernel } from '@tksm/abstractions';
import { createKernel } from '@tksm/core';
import { createMemoryBlobStore, seededRandom, VirtualClock } from '@tksm/drivers-memory';
import { Auditor } from '../audit/auditor.ts';
import { ClockWatch } from '../audit/clock-watch.ts';
import { checkNothingStuck } from '../audit/consequences.ts';
import { mustHold, Violation } from '../audit/violation.ts';
import { DiskGone } from '../disk/fault.ts';
import { provenPosition } from '../disk/log-image.ts';
import { rot } from '../disk/rot.ts';
import { SimDisk } from '../disk/sim-disk.ts';
import { SimIndex } from '../disk/sim-index.ts';
import { AuditedLog, framesOf } from '../log/audited-log.ts';
import type { LogAuditor } from '../log/audited-log.ts';
import { openLog } from '../log/open-log.ts';
import type { PlantedBug } from '../log/planted-bug.ts';
import type { Act } from '../workload/act.ts';
import { simulatedKinds } from '../workload/kinds.ts';
import type { Plan } from '../workload/plan.ts';
import { FaultCounts } from './fault-counts.ts';
import { HandlerWatch } from './handler-watch.ts';
import { IncarnationTime } from './incarnation-time.ts';
import { Operator } from './operator.ts';
import { Patience } from './patience.ts';
import { checkState, glance } from './state-check.ts';
import { asViolation, Verdict } from './verdict.ts';

/** Starts that may fail before the disk is healed. */
const MAX_STARTS = 12;
/** Longest time of one append, before and after it is written, in ms. */
const MAX_LATENCY_MS = 6;

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
  readonly #plan: Plan;
  readonly #bug: PlantedBug | undefined;
  readonly #counts = new FaultCounts();
  readonly #verdict = new Verdict();
  readonly #clock = new VirtualClock({ soon: 'manual' });
  readonly #trace = createHash('sha256');
  readonly #auditor: Auditor;
  readonly #disk: SimDisk;
  readonly #random: ReturnType<typeof seededRandom>;
  readonly #latency: () => number;
  readonly #blobs = createMemoryBlobStore();
  readonly #index: SimIndex;
  readonly #operator: Operator;
  readonly #watch: HandlerWatch;
  readonly #patience: Patience;
  #time: IncarnationTime;
  #clockWatch: ClockWatch;
  #kernel: Kernel | undefined;
  #log: AuditedLog | undefined;
  /** Events that HEAD proves to have been flushed, as of the last start. */
  #provable = 0;

  constructor(plan: Plan, bug: PlantedBug | undefined) {
    this.#plan = plan;
    this.#bug = bug;
    this.#auditor = new Auditor(plan.concurrency);
    const traced = (line: string): void => void this.#trace.update(`${line}\n`);
    const seen = { auditor: this.#auditor, counts: this.#counts, verdict: this.#verdict };
    this.#operator = new Operator({ ...seen, clock: this.#clock, traced });
    this.#watch = new HandlerWatch(this.#auditor.jobs, this.#verdict);
    this.#random = seededRandom(`kernel ${plan.seed}`);
    this.#latency = seededRandom(`disk ${plan.seed}`).next;
    this.#index = new SimIndex(this.#counts, seededRandom(`index ${plan.seed}`).next);
    this.#time = new IncarnationTime(this.#clock);
    this.#clockWatch = new ClockWatch(this.#clock);
    this.#disk = new SimDisk(this.#counts, () => {
      this.#time.cut();
    });
    this.#patience = new Patience(this.#clock, () => this.#verdict.isOver || this.#disk.dead);
  }

  async run(): Promise<RunReport> {
    let at = 0;
    try {
      await this.#start();
      for (; at < this.#plan.acts.length && !this.#verdict.isOver; at++) {
        const act = this.#plan.acts[at];
        if (act !== undefined) await this.#step(act);
      }
      if (!this.#verdict.isOver) await this.#comeToRest();
    } catch (error) {
      if (isKernelError(error, 'LogDamaged')) this.#damage(error);
      else this.#verdict.blame(asViolation(error));
    }
    this.#time.cut();
    this.#counts.add('late-result', this.#auditor.countOf('job.result-rejected'));
    this.#counts.add('deduplicated', this.#auditor.countOf('job.deduplicated'));
    this.#counts.add('retired', this.#auditor.countOf('records.retired'));
    this.#counts.add('recalled', this.#auditor.countOf('job.recalled'));
    const { violation } = this.#verdict;
    return {
      ...(violation && { violation }),
      ...{ at, commands: this.#operator.commands, events: this.#auditor.head.position },
      ...{ incarnations: this.#auditor.countOf('sequencer.claimed'), diskCalls: this.#disk.calls },
      checksum: this.#trace.copy().update(this.#auditor.head.hash).digest('hex'),
      counts: this.#counts,
    };
  }

  async #step(act: Act): Promise<void> {
    this.#trace.update(`${act.act} ${this.#auditor.head.hash} ${this.#clock.now()}\n`);
    await this.#do(act);
    if (this.#disk.dead) await this.#restart();
  }

  async #do(act: Act): Promise<void> {
    switch (act.act) {
      case 'advance':
        await this.#clock.advanceBy(act.ms);
        break;
      case 'jump':
        this.#jump(act.ms);
        break;
      case 'settle':
        await this.#clock.advanceBy(5);
        break;
      case 'fault':
        this.#disk.arm(act.fault);
        break;
      case 'rot':
        this.#rot(act);
        break;
      case 'crash':
        this.#disk.crash(act.fault);
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
      default:
        if (this.#kernel === undefined) return;
        this.#operator.give(this.#kernel, act);
        glance(this.#kernel, this.#auditor, this.#verdict);
    }
  }

  #jump(ms: number): void {
    this.#counts.add(ms < 0 ? 'clock-back' : 'clock-forward');
    this.#clock.jumpBy(ms);
    this.#clockWatch.jumped(ms);
  }

  #rot({ kind, chance }: Extract<Act, { readonly act: 'rot' }>): void {
    try {
      rot(this.#disk, kind, chance, this.#counts);
    } catch (error) {
      if (!(error instanceof DiskGone) && !isKernelError(error, 'LogDamaged')) throw error;
    }
  }

  /** Drains the kernel and pulls the plug. A zone whose log failed cannot drain, and says so. */
  async #drain(graceMs: number): Promise<void> {
    const kernel = this.#kernel;
    if (kernel === undefined) return;
    this.#counts.add('drain');
    const draining = kernel.drain({ graceMs }).then(() => {
      const { running } = this.#auditor.jobs;
      this.#verdict.check(() => {
        mustHold('drains-are-quiet', running === 0, `${running} attempts hold a lease after a drain`);
      });
    });
    await this.#patience.until(draining.catch(unlessZoneStopped), 'a drain');
    this.#unplug();
  }

  /** Ends the incarnation in order. */
  async #stop(): Promise<void> {
    if (this.#kernel === undefined) return;
    this.#counts.add('clean-restart');
    await this.#patience.until(this.#kernel.stop(), 'a stop');
    this.#unplug();
  }

  #unplug(): void {
    if (!this.#disk.dead) this.#disk.crash({ kind: 'process-kill', afterCalls: 0, calls: 0, chance: 0 });
  }

  async #restart(): Promise<void> {
    for (let starts = 0; this.#disk.dead && !this.#verdict.isOver; starts++) {
      if (starts > MAX_STARTS) this.#disk.heal();
      this.#disk.revive();
      await this.#start();
    }
  }

  /** Opens an incarnation. A start that the disk prevents is tried again; the disk is healed in the end. */
  async #start(): Promise<void> {
    for (let tries = 0; !this.#verdict.isOver; tries++) {
      if (tries > MAX_STARTS) this.#disk.heal();
      this.#time.cut();
      this.#time = new IncarnationTime(this.#clock);
      this.#clockWatch = new ClockWatch(this.#clock);
      this.#kernel = undefined;
      try {
        await this.#open();
        if (this.#kernel !== undefined || this.#disk.dead) return;
      } catch (error) {
        if (error instanceof DiskGone) return;
        if (isKernelError(error, 'LogDamaged') || isKernelError(error, 'FormatTooNew')) {
          this.#damage(error);
          return;
        }
        if (!isKernelError(error) || error.code === 'Internal') throw error;
        this.#trace.update(`start failed ${error.code}\n`);
      }
      await this.#clock.advanceBy(1_000);
    }
  }

  async #open(): Promise<void> {
    this.#provable = provenPosition(this.#disk);
    const opening = openLog(this.#disk, this.#time, this.#bug);
    const opened = await this.#patience.until(opening, 'opening the log');
    if (opened === undefined) return;
    const log = this.#audited(opened);
    this.#log = log;
    const frames = await this.#patience.until(framesOf(log), 'reading the log');
    if (frames === undefined) return;
    this.#recovered(frames);
    if (this.#verdict.isOver) return;
    const { concurrency, retention } = this.#plan;
    const booting = createKernel({
      ...{ log, blobs: this.#blobs, clock: this.#time, timers: this.#time, random: this.#random },
      ...{ kinds: simulatedKinds(this.#watch), concurrency },
      ...(retention && { retention, jobIndex: await this.#index.reopen() }),
    });
    this.#kernel = await this.#patience.until(booting, 'boot');
  }

  #audited(log: EventLog): AuditedLog {
    const time = this.#time;
    const auditor: LogAuditor = {
      committed: (frame) => {
        this.#verdict.check(() => {
          this.#auditor.committed(frame);
          this.#clockWatch.framed(frame.time);
        });
      },
      recovered: (frames) => {
        this.#recovered(frames);
      },
      unknown: () => {
        this.#counts.add('unknown-outcome');
      },
    };
    return new AuditedLog({
      ...{ log, auditor, isDead: () => this.#disk.dead },
      latency: () => time.pass(Math.floor(this.#latency() * MAX_LATENCY_MS)),
    });
  }

  /** What a recovery found. A disk that lied may have lost what HEAD does not prove. */
  #recovered(frames: readonly Frame[]): void {
    const missing = this.#auditor.firstMissing(frames);
    if (missing !== undefined && this.#disk.lied && missing >= this.#provable) {
      this.#counts.add('undetectable-lie');
      this.#verdict.end();
      return;
    }
    this.#verdict.check(() => {
      this.#auditor.recovered(frames);
    });
  }

  #damage(error: Error): void {
    this.#trace.update('damage\n');
    if (!this.#disk.lied) this.#verdict.blame(new Violation('healthy-logs-open', error.message));
    this.#counts.add('damage-reported');
    this.#verdict.end();
  }

  /** Heals the disk and lets everything end that can; then nothing may be left that waits for nothing. */
  async #comeToRest(): Promise<void> {
    this.#disk.heal();
    if (!(await this.#patience.untilRest())) return;
    if (this.#disk.lied && this.#kernel?.phase === 'failed') {
      this.#damage(new Error('the zone failed'));
      return;
    }
    await this.#check();
    checkNothingStuck(this.#auditor.jobs, this.#clock.now());
    await this.#stop();
    if (!this.#verdict.isOver) await this.#restart();
    if (!this.#verdict.isOver) await this.#check();
  }

  async #check(): Promise<void> {
    if (this.#kernel === undefined || this.#log === undefined) return;
    const [auditor, patience] = [this.#auditor, this.#patience];
    await checkState({ kernel: this.#kernel, log: this.#log, auditor, patience });
  }
}

function unlessZoneStopped(error: unknown): void {
  if (!isKernelError(error, 'ZoneStopped') && !isKernelError(error, 'OutcomeUnknown')) throw error;
}
