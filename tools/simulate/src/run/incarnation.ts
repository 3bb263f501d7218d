import type { BlobStore, Frame, Kernel, LogReader, Random } from '@tksm/abstractions';
import { createKernel } from '@tksm/core';
import type { KernelOptions } from '@tksm/core';
import { IncarnationTime } from '@tksm/drivers-memory';
import type { VirtualClock } from '@tksm/drivers-memory';
import type { Auditor } from '../audit/auditor.ts';
import { ClockWatch } from '../audit/clock-watch.ts';
import { provenPosition } from '../disk/log-image.ts';
import type { SimDisk } from '../disk/sim-disk.ts';
import type { SimIndex } from '../disk/sim-index.ts';
import type { SimSnapshots } from '../disk/sim-snapshots.ts';
import { AuditedLog, framesOf } from '../log/audited-log.ts';
import { openLog } from '../log/open-log.ts';
import type { PlantedBug } from '../log/bug-names.ts';
import { simulatedKinds } from '../workload/kinds.ts';
import type { RunWatch } from '../workload/kinds.ts';
import type { Plan } from '../workload/plan.ts';
import type { FaultCounts } from './fault-counts.ts';
import type { Patience } from './patience.ts';
import { subscribe } from './subscriber.ts';
import type { Verdict } from './verdict.ts';

/** Longest time of one append, before and after it is written, in ms. */
const MAX_LATENCY_MS = 6;
/** Events that a subscription begins before the head, at most. */
const MAX_CATCH_UP = 60;

/** What outlives an incarnation: the machine, and those who watch it. */
export interface Machine {
  readonly plan: Plan;
  readonly bug: PlantedBug | undefined;
  readonly clock: VirtualClock;
  readonly disk: SimDisk;
  readonly index: SimIndex;
  readonly snapshots: SimSnapshots;
  readonly blobs: BlobStore;
  readonly random: Random;
  /** Chance of the machine's own, apart from the kernel's. */
  readonly next: () => number;
  readonly watch: RunWatch;
  readonly auditor: Auditor;
  readonly verdict: Verdict;
  readonly counts: FaultCounts;
  readonly patience: Patience;
}

/** One process of the zone: its time, which ends with it, the log as an auditor hears it, and the kernel. */
export class Incarnation {
  readonly time: IncarnationTime;
  readonly #machine: Machine;
  readonly #clockWatch: ClockWatch;
  /** Events that HEAD proved to have been flushed when the log was opened. */
  readonly #provable: number;
  #log: AuditedLog | undefined;
  #kernel: Kernel | undefined;

  constructor(machine: Machine) {
    this.#machine = machine;
    this.time = new IncarnationTime(machine.clock);
    this.#clockWatch = new ClockWatch(machine.clock);
    this.#provable = provenPosition(machine.disk);
  }

  /** Undefined until it has booted. */
  get kernel(): Kernel | undefined {
    return this.#kernel;
  }

  get log(): AuditedLog | undefined {
    return this.#log;
  }

  /** Lets time pass: what waits for it when the machine dies waits for ever. */
  #pass(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (ms === 0) this.time.soon(resolve);
      else this.time.after(ms, resolve);
    });
  }

  /** Opens the log and boots a kernel over it, unless the machine dies meanwhile. @throws KernelError what they refuse with */
  async open(): Promise<void> {
    const { disk, bug, patience, verdict, plan, blobs, random, watch, auditor, next } = this.#machine;
    const opened = await patience.until(openLog(disk, this.time, bug), 'opening the log');
    if (opened === undefined) return;
    const latency = (): Promise<void> => this.#pass(Math.floor(next() * MAX_LATENCY_MS));
    const log = new AuditedLog({ log: opened, auditor: this, latency, isDead: () => disk.dead });
    this.#log = log;
    const frames = await patience.until(framesOf(log), 'reading the log');
    if (frames === undefined) return;
    this.recovered(frames);
    if (verdict.isOver) return;
    const { concurrency } = plan;
    const booting = createKernel({
      ...{ log, blobs, clock: this.time, timers: this.time, random },
      ...{ kinds: simulatedKinds(watch, this.time), concurrency },
      ...(await this.#extras(log)),
    });
    this.#kernel = await patience.until(booting, 'boot');
    if (this.#kernel === undefined) return;
    const from = Math.max(0, auditor.head.position - Math.floor(next() * MAX_CATCH_UP));
    void subscribe(this.#kernel, from, auditor, verdict);
  }

  /** What only some zones have beside their log. */
  async #extras(log: LogReader): Promise<Partial<KernelOptions>> {
    const { plan, index, snapshots } = this.#machine;
    const { retention, snapshotEveryEvents } = plan;
    return {
      ...(retention && { retention, jobIndex: await index.reopen() }),
      ...(snapshotEveryEvents !== undefined && {
        ...{ snapshotEveryEvents, snapshots: await snapshots.reopen(), snapshotMaker: snapshots.maker(log) },
      }),
    };
  }

  /** Somebody sets the clock. */
  jump(ms: number): void {
    this.#machine.clock.jumpBy(ms);
    this.#clockWatch.jumped(ms);
  }

  /** A frame was acknowledged. */
  committed(frame: Frame): void {
    const { verdict, auditor } = this.#machine;
    verdict.check(() => {
      auditor.committed(frame);
      this.#clockWatch.framed(frame.time);
    });
  }

  /** What a recovery found. A disk that lied may have lost what HEAD does not prove. */
  recovered(frames: readonly Frame[]): void {
    const { verdict, auditor, disk, counts } = this.#machine;
    const missing = auditor.firstMissing(frames);
    if (missing !== undefined && disk.lied && missing >= this.#provable) {
      counts.add('undetectable-lie');
      verdict.end();
      return;
    }
    verdict.check(() => {
      auditor.recovered(frames);
    });
  }

  unknown(): void {
    this.#machine.counts.add('unknown-outcome');
  }
}
