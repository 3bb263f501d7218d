/** What an attempt may do with its lease besides ending it: for a kind that hands its work to workers of its own. */
export interface AttemptLease {
  /** Fencing token: what comes under another is refused. */
  readonly epoch: number;
  /**
   * Records who runs the attempt, in at most 128 characters. From then on the attempt may end with `WorkerLost`: an
   * interruption, which counts against no retry and may happen ten times in a row.
   */
  assign(worker: string): void;
  /** Calls once when the lease has ended, however: what a worker still says from then on is for nothing. */
  onEnd(listener: () => void): void;
  /** Records that somebody answered who may not: under another epoch, or once more. It changes nothing. */
  reject(result: RejectedResult, epoch: number): void;
}

/** What came under a lease that does not hold. */
export type RejectedResult = 'succeeded' | 'failed' | 'stepped';
