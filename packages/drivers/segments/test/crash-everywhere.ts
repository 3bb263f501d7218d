import { verifySegmentsOn } from '../src/verify-segments.ts';
import { append, payloadsOf } from './appending.ts';
import { MemoryDisk } from './memory-disk.ts';
import { DATA, openOn, VirtualTime } from './virtual-log.ts';

export interface Crashes {
  /** Appends after which the process or the power went. */
  appends: number;
  /** Calls to the disk before which they went, or in the middle of which. */
  calls: number;
  /** Disks that were opened again. */
  recoveries: number;
  /** Of them, those with exactly what was acknowledged, and those with the frame under way too. */
  exact: number;
  oneMore: number;
}

/** What is written, and how crashes are drawn. */
export interface CrashPlan {
  /** Payloads of the frames. */
  readonly history: readonly string[];
  readonly maxSegmentBytes: number;
  readonly random: () => number;
  /** Power cuts that leave any sectors, at each place. */
  readonly tornVariants: number;
}

/** A disk as a crash left it, and how many frames were acknowledged then. */
interface Left {
  readonly disk: MemoryDisk;
  readonly acknowledged: number;
}

/**
 * Makes a history of frames, and crashes at every append and at every call to the disk, of each kind: the process dies before
 * the call, or in the middle of a write; the power goes, and of what was not flushed no, any or all sectors are left.
 *
 * @throws Error when a recovered log is not what was acknowledged, or that and the frame under way
 */
export async function crashEverywhere(plan: CrashPlan): Promise<Crashes> {
  const { history, maxSegmentBytes, random, tornVariants } = plan;
  const disk = new MemoryDisk();
  const time = new VirtualTime();
  const crashes: Crashes = { appends: 0, calls: 0, recoveries: 0, exact: 0, oneMore: 0 };
  let acknowledged = 0;
  let left: Left[] = [];
  const leave = (): void =>
    void left.push(...crashesOf(disk, random, tornVariants).map((one) => ({ disk: one, acknowledged })));
  disk.onChange = (write) => {
    crashes.calls++;
    leave();
    if (write === undefined) return;
    const partial = disk.afterKill();
    const length = Math.floor(random() * write.bytes.length);
    partial.open(write.name, 'update').write(write.bytes, 0, length, write.at);
    left.push({ disk: partial, acknowledged });
  };
  const recoverAll = async (): Promise<void> => {
    for (const one of left) await recover(one, plan, crashes);
    left = [];
  };
  const log = await openOn(disk, time, maxSegmentBytes);
  await recoverAll();
  for (const payload of history) {
    const outcome = await append(log, payload);
    if (outcome.status !== 'committed') throw new Error(outcome.status);
    acknowledged++;
    crashes.appends++;
    leave();
    // At times HEAD is flushed, by a later append or in a pause.
    time.pass(random() < 0.1 ? 600 : 3);
    await recoverAll();
  }
  await log.close();
  leave();
  await recoverAll();
  return crashes;
}

function crashesOf(disk: MemoryDisk, random: () => number, tornVariants: number): MemoryDisk[] {
  const torn = Array.from({ length: tornVariants }, () => {
    const share = random();
    return disk.afterPowerCut(() => random() < share);
  });
  return [disk.afterKill(), disk.afterPowerCut(() => false), ...torn];
}

async function recover(
  { disk, acknowledged }: Left,
  { history, maxSegmentBytes }: CrashPlan,
  crashes: Crashes,
): Promise<void> {
  const log = await openOn(disk, new VirtualTime(), maxSegmentBytes);
  const found = await payloadsOf(log);
  const extra = found.length - acknowledged;
  const isPrefix = found.every((payload, i) => payload === history[i]);
  if (!isPrefix || extra < 0 || extra > 1) {
    throw new Error(
      `after ${acknowledged} acknowledged frames, ${found.length} were found, a prefix: ${isPrefix}`,
    );
  }
  const next = await append(log, '["after the crash"]');
  await log.close();
  const { isWhole, frames } = await verifySegmentsOn(disk, DATA);
  if (next.status !== 'committed' || !isWhole || frames !== found.length + 1) {
    throw new Error(`a log recovered after ${acknowledged} frames could not be built upon`);
  }
  crashes.recoveries++;
  if (extra === 0) crashes.exact++;
  else crashes.oneMore++;
}
