import { KernelError } from '@tksm/abstractions';
import { replayState } from '@tksm/core';
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
  const log = await openSegmentsReader({ dir: await dataFolder(call) });
  const startedAt = performance.now();
  const state = await replayState(log, flags.number('to'));
  const seconds = (performance.now() - startedAt) / 1_000;
  const digest = state.digest();
  const eventsPerSecond = Math.round(state.position / Math.max(seconds, 1e-6));
  const equal = expected === undefined ? undefined : expected === digest;
  if (output.settings.json) {
    const result = { digest, events: state.position, seconds: Number(seconds.toFixed(4)), eventsPerSecond };
    output.document({ ...result, ...(expected !== undefined && { expected, equal }) });
  } else {
    output.line(digest);
    output.notice(
      `${grouped(state.position)} events in ${longSpan(seconds * 1_000)} (${grouped(eventsPerSecond)} events/s)`,
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
