// One run of one plan: a whole kernel over a simulated log on a simulated disk, in one thread, under virtual time. The
// same plan gives the same trace, byte for byte.

import { createHash } from 'node:crypto';
import { isKernelError } from '@tksm/abstractions';
import type { Frame, Kernel, TaskContext } from '@tksm/abstractions';
import { createKernel, replayState } from '@tksm/core';
import { createMemoryBlobStore, seededRandom, VirtualClock } from '@tksm/drivers-memory';
import { Auditor } from '../audit/auditor.ts';
import { Violation } from '../audit/violation.ts';
import { DiskGone } from '../disk/fault.ts';
import { rot } from '../disk/rot.ts';
import { SimDisk } from '../disk/sim-disk.ts';
import { AuditedLog } from '../log/audited-log.ts';
import { HEAD_FILE, newestMark } from '../log/head-file.ts';
import type { PlantedBug } from '../log/planted-bug.ts';
import { SimLog } from '../log/sim-log.ts';
import type { Act } from '../workload/act.ts';
import { simulatedKinds } from '../workload/kinds.ts';
import type { Plan } from '../workload/plan.ts';
import { FaultCounts } from './fault-counts.ts';
import { IncarnationTime } from './incarnation-time.ts';
import { Operator } from './operator.ts';

/** Starts that may fail before the disk is healed. */
const MAX_STARTS = 12;
/** Timers that may ring before a run must have come to rest. */
const MAX_RINGS = 20_000;

export interface RunReport {
  readonly violation?: Violation;
  /** The act at which it showed. */
  readonly at: number;
  readonly commands: number;
  readonly events: number;
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
  readonly #clock = new VirtualClock({ soon: 'manual' });
  readonly #trace = createHash('sha256');
  readonly #auditor: Auditor;
  readonly #disk: SimDisk;
  readonly #random: ReturnType<typeof seededRandom>;
  readonly #latency: () => number;
  readonly #blobs = createMemoryBlobStore();
  readonly #operator: Operator;
  readonly #ran = new Set<string>();
  #time: IncarnationTime;
  #kernel: Kernel | undefined;
  #log: SimLog | undefined;
  #violation: Violation | undefined;
  /** Events that HEAD proves to have been flushed, as of the last start. */
  #provable = 0;
  /** A disk that lied was caught, or lied where nobody can know: the run is over. */
  #over = false;

  constructor(plan: Plan, bug: PlantedBug | undefined) {
    this.#plan = plan;
    this.#bug = bug;
    this.#auditor = new Auditor(plan.concurrency);
    this.#operator = new Operator({
      ...{ auditor: this.#auditor, clock: this.#clock, counts: this.#counts },
      traced: (line) => void this.#trace.update(`${line}\n`),
      blame: (violation) => {
        this.#blame(violation);
      },
    });
    this.#random = seededRandom(`kernel ${plan.seed}`);
    this.#latency = seededRandom(`disk ${plan.seed}`).next;
    this.#time = new IncarnationTime(this.#clock);
    this.#disk = new SimDisk(this.#counts, () => {
      this.#time.cut();
    });
  }

  async run(): Promise<RunReport> {
    let at = 0;
    try {
      await this.#start();
      for (; at < this.#plan.acts.length && !this.#isOver; at++) {
        const act = this.#plan.acts[at];
        if (act !== undefined) await this.#step(act);
      }
      if (!this.#isOver) await this.#comeToRest();
    } catch (error) {
      if (isKernelError(error, 'LogDamaged')) this.#damage(error);
      else this.#blame(asViolation(error));
    }
    this.#time.cut();
    const late = this.#auditor.counts.get('job.result-rejected') ?? 0;
    if (late > 0) this.#counts.add('late-result', late);
    return {
      ...(this.#violation && { violation: this.#violation }),
      ...{
        at,
        commands: this.#operator.commands,
        events: this.#auditor.head.position,
        diskCalls: this.#disk.calls,
      },
      checksum: this.#trace.update(this.#auditor.hash).digest('hex'),
      counts: this.#counts,
    };
  }

  get #isOver(): boolean {
    return this.#over || this.#violation !== undefined;
  }

  async #step(act: Act): Promise<void> {
    this.#trace.update(`${act.act} ${this.#auditor.hash} ${this.#clock.now()}\n`);
    await this.#do(act);
    if (this.#disk.dead) await this.#restart();
  }

  async #do(act: Act): Promise<void> {
    switch (act.act) {
      case 'advance':
        await this.#clock.advanceBy(act.ms);
        break;
      case 'jump':
        this.#counts.add(act.ms < 0 ? 'clock-back' : 'clock-forward');
        this.#clock.jumpBy(act.ms);
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
      case 'restart':
        await this.#end(act.act);
        break;
      default:
        if (this.#kernel !== undefined) this.#operator.give(this.#kernel, act);
    }
  }

  #rot({ kind, chance }: Extract<Act, { readonly act: 'rot' }>): void {
    try {
      rot(this.#disk, kind, chance, this.#counts);
    } catch (error) {
      if (!(error instanceof DiskGone) && !isKernelError(error, 'LogDamaged')) throw error;
    }
  }

  /** Ends the incarnation in order, or drains it and pulls the plug. */
  async #end(how: 'drain' | 'restart'): Promise<void> {
    const kernel = this.#kernel;
    if (kernel === undefined) return;
    this.#counts.add(how === 'drain' ? 'drain' : 'clean-restart');
    // A zone whose log failed cannot drain, and says so; to stop is always possible.
    const ending = how === 'drain' ? kernel.drain().catch(unlessZoneStopped) : kernel.stop();
    await this.#until(ending, how);
    if (this.#isOver) return;
    if (!this.#disk.dead) this.#disk.crash({ kind: 'process-kill', afterCalls: 0, calls: 0, chance: 0 });
  }

  async #restart(): Promise<void> {
    for (let starts = 0; this.#disk.dead && !this.#isOver; starts++) {
      if (starts > MAX_STARTS) this.#disk.heal();
      this.#disk.revive();
      await this.#start();
    }
  }

  /** Opens an incarnation. A start that the disk prevents is tried again; the disk is healed in the end. */
  async #start(): Promise<void> {
    for (let tries = 0; !this.#isOver; tries++) {
      if (tries > MAX_STARTS) this.#disk.heal();
      this.#time.cut();
      this.#time = new IncarnationTime(this.#clock);
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
    const bug = this.#bug === undefined ? {} : { bug: this.#bug };
    this.#provable = newestMark(this.#disk.platter(HEAD_FILE) ?? Buffer.alloc(0))?.mark.head.position ?? 0;
    const parts = { disk: this.#disk, timers: this.#time, next: this.#latency, ...bug };
    const log = SimLog.open(parts);
    this.#log = log;
    const frames = await this.#until(framesOf(log), 'reading the log');
    if (frames === undefined) return;
    this.#recovered(frames);
    if (this.#isOver) return;
    const watch = {
      started: (context: TaskContext) => {
        this.#started(context);
      },
      stepping: (context: TaskContext, step: string) => {
        const recorded = this.#auditor.jobs.get(context.job.id)?.steps.has(step);
        if (recorded === true)
          this.#blame(new Violation('steps-once', `${context.job.id} runs step ${step} again`));
      },
    };
    const opening = createKernel({
      log: new AuditedLog(log, {
        committed: (frame) => {
          this.#audited(() => {
            this.#auditor.committed(frame);
          });
        },
        recovered: (frames) => {
          this.#recovered(frames);
        },
        unknown: () => {
          this.#counts.add('unknown-outcome');
        },
      }),
      ...{ blobs: this.#blobs, clock: this.#time, timers: this.#time, random: this.#random },
      ...{ kinds: simulatedKinds(watch), concurrency: this.#plan.concurrency },
    });
    this.#kernel = await this.#until(opening, 'boot');
  }

  /** What a recovery found. A disk that lied may have lost what HEAD does not prove. */
  #recovered(frames: readonly Frame[]): void {
    const missing = this.#auditor.firstMissing(frames);
    if (missing !== undefined && this.#disk.lied) {
      if (missing >= this.#provable) {
        this.#counts.add('undetectable-lie');
        this.#over = true;
        return;
      }
    }
    this.#audited(() => {
      this.#auditor.recovered(frames);
    });
  }

  #damage(error: Error): void {
    this.#trace.update('damage\n');
    if (!this.#disk.lied) this.#blame(new Violation('healthy-logs-open', error.message));
    this.#counts.add('damage-reported');
    this.#over = true;
  }

  /** A handler starts: its lease must be durable and current, and never have started before. */
  #started({ job }: TaskContext): void {
    const audited = this.#auditor.jobs.get(job.id);
    const run = `${job.id} ${job.epoch}`;
    if (audited?.settled === 'succeeded')
      this.#blame(new Violation('completed-never-runs', `${run} runs again`));
    if (audited?.epoch !== job.epoch)
      this.#blame(new Violation('durable-before-run', `${run} runs before its lease is durable`));
    if (this.#ran.has(run)) this.#blame(new Violation('leases-fence', `${run} runs twice`));
    this.#ran.add(run);
  }

  /** Lets time pass until a promise settles or the machine dies. */
  async #until<T>(promise: Promise<T>, what: string): Promise<T | undefined> {
    let settled: { readonly value?: T; readonly error?: unknown } | undefined;
    promise.then(
      (value) => (settled = { value }),
      (error: unknown) => (settled = { error }),
    );
    const isSettled = (): typeof settled => settled;
    for (let rings = 0; rings < MAX_RINGS; rings++) {
      await this.#clock.runUntilIdle();
      const end = isSettled();
      if (end !== undefined) {
        if ('error' in end) throw end.error;
        return end.value;
      }
      if (this.#disk.dead || this.#isOver) return undefined;
      if (!(await this.#clock.advanceToNext()) && isSettled() === undefined) break;
    }
    throw new Violation('nothing-stuck', `${what} never ends`);
  }

  /** Heals the disk and lets everything end that can; then nothing may be left that waits for nothing. */
  async #comeToRest(): Promise<void> {
    this.#disk.heal();
    for (let rings = 0; rings < MAX_RINGS && !this.#isOver; rings++) {
      if (this.#disk.dead) await this.#restart();
      if (!(await this.#clock.advanceToNext()) && !this.#disk.dead) break;
    }
    if (this.#isOver) return;
    if (this.#disk.lied && this.#kernel?.phase === 'failed') {
      this.#damage(new Error('the zone failed'));
      return;
    }
    await this.#check();
    this.#auditor.checkNothingStuck();
    await this.#end('restart');
    if (!this.#isOver) await this.#restart();
    if (!this.#isOver) await this.#check();
  }

  /** The live state is the replayed state, and both are what the auditor made of the events. */
  async #check(): Promise<void> {
    const kernel = this.#kernel;
    const log = this.#log;
    if (kernel === undefined || log === undefined) return;
    const looking = kernel.read((state) => ({
      ...{ position: state.position, digest: state.digest() },
      ends: [...state.jobs.list()].map(({ id, outcome }) => [id, outcome?.status] as const),
    }));
    const live = await this.#until(looking, 'a read').catch(() => undefined);
    if (live === undefined || this.#isOver || this.#disk.dead) return;
    const replayed = await this.#until(replayState(log, live.position), 'a replay');
    if (replayed === undefined) return;
    if (replayed.digest() !== live.digest) {
      throw new Violation('replay-is-live', `at ${live.position}: ${replayed.digest()}, live ${live.digest}`);
    }
    if (this.#auditor.head.position !== live.position) return;
    for (const [id, end] of live.ends) {
      const audited = this.#auditor.jobs.get(id)?.settled;
      if (audited !== end)
        throw new Violation('replay-is-live', `job ${id} is ${end ?? 'open'}, audited ${audited ?? 'open'}`);
    }
    this.#auditor.checkConsequences();
  }

  #audited(look: () => void): void {
    try {
      look();
    } catch (error) {
      this.#blame(asViolation(error));
    }
  }

  #blame(violation: Violation): void {
    this.#violation ??= violation;
  }
}

function asViolation(error: unknown): Violation {
  return error instanceof Violation ? error : new Violation('unexpected', String((error as Error).stack));
}

function unlessZoneStopped(error: unknown): void {
  if (!isKernelError(error, 'ZoneStopped') && !isKernelError(error, 'OutcomeUnknown')) throw error;
}

async function framesOf(log: SimLog): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of log.read()) frames.push(frame);
  return frames;
}
