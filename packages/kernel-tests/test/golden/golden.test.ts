import { readdirSync, readFileSync } from 'node:fs';
import type { EventType } from '@tksm/abstractions';
import { readEvents, replayState } from '@tksm/core';
import { GOLDEN_FOLDER, readGolden } from '@tksm/kernel-tests';
import type { GoldenHistory } from '@tksm/kernel-tests';
import { logOf } from '@tksm/testing';
import { describe, expect, it } from 'vitest';

const AGAIN = 'if this is meant and nothing is released yet: pnpm golden:record';

/** Every event type; the compiler sees to it that none is missing. */
const TYPES: Readonly<Record<EventType, true>> = {
  'zone.created': true,
  'sequencer.claimed': true,
  'job.submitted': true,
  'job.debounced': true,
  'job.deduplicated': true,
  'job.leased': true,
  'job.assigned': true,
  'job.stepped': true,
  'job.progressed': true,
  'job.suspended': true,
  'job.returned': true,
  'job.succeeded': true,
  'job.attempt-failed': true,
  'job.failed': true,
  'job.interrupted': true,
  'job.cancelling': true,
  'job.cancelled': true,
  'job.held': true,
  'job.resumed': true,
  'job.released': true,
  'job.result-rejected': true,
  'job.recalled': true,
  'message.sent': true,
  'world.rewritten': true,
  'fact.emitted': true,
  'command.settled': true,
  'records.retired': true,
  'schedule.set': true,
  'schedule.ticked': true,
  'schedule.held': true,
  'schedule.paused': true,
  'schedule.resumed': true,
  'schedule.removed': true,
  'schedule.backfilled': true,
  'breaker.opened': true,
  'breaker.half-opened': true,
  'breaker.closed': true,
  'supervisor.started': true,
  'supervisor.child-started': true,
  'supervisor.child-exited': true,
  'supervisor.restarting': true,
  'supervisor.stopping': true,
  'supervisor.terminating': true,
  'supervisor.ended': true,
  'supervisor.child-changed': true,
  'ladder.moved': true,
  'capability.derived': true,
  'capability.revoked': true,
  'command.refused': true,
  'capability.denied': true,
  'driver.called': true,
  'capability.expired': true,
  'token.revoked': true,
  'agent.spawned': true,
  'agent.task-scheduled': true,
  'agent.observed': true,
  'agent.subscribed': true,
  'agent.unsubscribed': true,
  'agent.received': true,
  'agent.stopped': true,
};

const releases = readdirSync(GOLDEN_FOLDER);
const historyOf = (release: string): GoldenHistory =>
  readGolden(readFileSync(new URL(`${release}/history.jsonl`, GOLDEN_FOLDER), 'utf8'));

describe.each(releases)('the golden history of %s', (release) => {
  it('folds into the digests that were recorded', async () => {
    const history = historyOf(release);
    const log = await logOf(history);
    const found: Record<string, string> = {};
    for (const position of Object.keys(history.digests)) {
      found[position] = (await replayState(log, Number(position))).digest();
    }
    expect(found, AGAIN).toEqual(history.digests);
  });
});

it('every type of event is in a golden history', async () => {
  const found = new Set<string>();
  for (const release of releases) {
    for await (const { event } of readEvents(await logOf(historyOf(release)))) found.add(event.type);
  }
  const missing = Object.keys(TYPES).filter((type) => !found.has(type));
  expect(
    missing,
    'add an act to src/golden/record-history.ts that leads to it; then pnpm golden:record',
  ).toEqual([]);
});
