import { KernelError, noLogger } from '@tksm/abstractions';
import type { LogReader, Position } from '@tksm/abstractions';
import { firstPosition, readState, replayState } from '@tksm/core';
import type { StateReading } from '@tksm/core';
import { openDiskSnapshots } from '@tksm/drivers-disk';
import { openSegmentsReader } from '@tksm/drivers-segments';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { grouped, longSpan } from '../terminal/times.ts';
import { dataFolder } from '../zone/configuration.ts';

export const replayLog: Handler = async (call) => {
  const { flags, output } = call;
  const expected = flags.text('expect');
  if (expected !== undefined && !/^[0-9a-f]{64}$/.test(expected)) {
    throw new KernelError('UsageError', '--expect takes a digest: 64 lower-case hex digits', {
      next: 'tksm state digest',
    });
  }
  const dir = await dataFolder(call);
  const log = await openSegmentsReader({ dir });
  const startedAt = performance.now();
  const { state, from } = await fold(dir, log, flags.number('to'));
  const seconds = (performance.now() - startedAt) / 1_000;
  const digest = state.digest();
  const eventsPerSecond = Math.round((state.position - from) / Math.max(seconds, 1e-6));
  const equal = expected === undefined ? undefined : expected === digest;
  if (output.settings.json) {
    const result = {
      digest,
      from,
      events: state.position,
      seconds: Number(seconds.toFixed(4)),
      eventsPerSecond,
    };
    output.document({ ...result, ...(expected !== undefined && { expected, equal }) });
  } else {
    output.line(digest);
    if (from > 0) output.notice(`begun at the snapshot of event ${from}: what was before it is archived`);
    output.notice(
      `${grouped(state.position - from)} events in ${longSpan(seconds * 1_000)} (${grouped(eventsPerSecond)} events/s)`,
    );
  }
  if (equal === false) {
    throw new KernelError('LogDamaged', `the log folds to ${digest}, not to ${expected ?? ''}`, {
      data: { digest, expected: expected ?? '', position: state.position },
      next: 'check that both are of the same position: tksm replay --to POSITION; then tksm event verify',
    });
  }
  return EXIT.ok;
};

/** From the first event; where that is archived elsewhere, from the newest good snapshot. */
async function fold(dir: string, log: LogReader, to: Position | undefined): Promise<StateReading> {
  if ((await firstPosition(log)) === 0) return { state: await replayState(log, to), from: 0 };
  return await readState({ log, store: openDiskSnapshots({ dir }), logger: noLogger, to });
}
