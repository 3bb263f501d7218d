import { NO_HASH } from '@tksm/abstractions';
import type { Frame, LogHead } from '@tksm/abstractions';
import { mustHold, Violation } from './violation.ts';

interface Known {
  readonly position: number;
  readonly hash: string;
}

/** The frames that became durable, in order, and how many of them were acknowledged. */
export class FrameChain {
  readonly #frames: Known[] = [];
  #head: LogHead = { position: 0, hash: NO_HASH, epoch: 0, time: 0 };
  #acknowledged = 0;

  get head(): LogHead {
    return this.#head;
  }

  /** Takes a frame in. @throws Violation when it does not continue the chain */
  add({ position, hash, epoch, time, previousHash, count }: Frame): void {
    const before = this.#head;
    mustHold('dense', position === before.position, `a frame at ${position} follows ${before.position}`);
    mustHold('chained', previousHash === before.hash, `the frame at ${position} does not continue the chain`);
    mustHold('time-goes-on', time >= before.time, `the frame at ${position} is earlier than the one before`);
    mustHold('epochs-grow', epoch >= before.epoch, `the frame at ${position} has a lower epoch`);
    this.#frames.push({ position, hash });
    this.#head = { position: position + count, hash, epoch, time };
  }

  /** Everything so far was acknowledged. */
  acknowledge(): void {
    this.#acknowledged = this.#frames.length;
  }

  /**
   * Compares with a log as it is read after a recovery: what was acknowledged, and at most one frame more, which is
   * given back.
   */
  continued(frames: readonly Frame[]): Frame | undefined {
    for (const [index, known] of this.#frames.entries()) {
      if (frames[index]?.hash === known.hash && frames[index].position === known.position) continue;
      if (index >= this.#acknowledged)
        throw new Violation('frame-vanished', `the frame at ${known.position} was read once`);
      throw new Violation('acknowledged-lost', `the frame at ${known.position} was acknowledged`);
    }
    const [more, ...others] = frames.slice(this.#frames.length);
    mustHold('frames-from-nowhere', others.length === 0, `${others.length + 1} frames that nobody appended`);
    return more;
  }

  /** Position of the first frame that a log has lost. */
  firstMissing(frames: readonly Frame[]): number | undefined {
    return this.#frames.find(({ hash }, index) => frames[index]?.hash !== hash)?.position;
  }
}
