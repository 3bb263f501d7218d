import type { Invocation } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';

/** When a stream ends that has no end of its own: interrupted, out of time, or nobody reads it. */
export function endOfStream({ output, interruption, flags }: Invocation): {
  readonly signal: AbortSignal;
  exitCode(): number;
} {
  interruption.drainWith(() => undefined);
  const limit = flags.number('timeout');
  const timeout = limit === undefined ? undefined : AbortSignal.timeout(limit);
  const all = [interruption.signal, output.gone, ...(timeout === undefined ? [] : [timeout])];
  return {
    signal: AbortSignal.any(all),
    exitCode: () =>
      interruption.exitCode ?? (timeout?.aborted === true && !output.gone.aborted ? EXIT.timeout : EXIT.ok),
  };
}
