import { agentId, commandId, handleId, jobId, kindName, scheduleName, zoneId } from '@tksm/abstractions';
import type { EventType, KernelEvent, SupervisorSpec } from '@tksm/abstractions';
import { expect, it } from 'vitest';
import { apply } from './apply.ts';
import { digestOf } from './digest.ts';
import { recordOf } from './job-state.ts';
import { KernelState } from './kernel-state.ts';

const by = handleId('operator');
const job = jobId('1'.repeat(32));
const old = jobId('2'.repeat(32));
const cmd = commandId('c');
const schedule = scheduleName('s');
const error = { code: 'HandlerFailed' as const, message: 'no' };
const base = { v: 1 as const, job, epoch: 1 };
const supervisor = 'tree';
const lone = { v: 1 as const, agent: agentId('5'.repeat(32)) };
const other = agentId('6'.repeat(32));
const told = { v: 1 as const, agent: agentId('7'.repeat(32)), by };
const supervised: SupervisorSpec = {
  ...{ strategy: 'one-for-all', intensity: 1, periodMs: 5_000, autoShutdown: 'never' },
  children: [{ id: 'c', restart: 'permanent', job: { kind: kindName('k'), version: 1, input: null } }],
};

/** One event of each type; the compiler sees to it that none is missing. */
const EVENTS: { readonly [T in EventType]: Extract<KernelEvent, { readonly type: T }> } = {
  'zone.created': { type: 'zone.created', v: 1, zone: zoneId('a'.repeat(32)) },
  'sequencer.claimed': { type: 'sequencer.claimed', v: 1, epoch: 1, incarnation: 'i' },
  'job.submitted': {
    type: 'job.submitted',
    v: 1,
    job,
    by,
    spec: { kind: kindName('k'), version: 1, input: null },
  },
  'job.debounced': { type: 'job.debounced', v: 1, job, by, input: 2, notBefore: 9_000, cmd },
  'job.deduplicated': { type: 'job.deduplicated', v: 1, job, cmd, by },
  'job.leased': { type: 'job.leased', ...base, worker: 'w', until: 9_000 },
  'job.assigned': { type: 'job.assigned', ...base, worker: 'process 7' },
  'job.stepped': { type: 'job.stepped', ...base, name: 's', output: 1 },
  'job.progressed': { type: 'job.progressed', ...base, progress: { done: 1 } },
  'job.suspended': { type: 'job.suspended', ...base, step: 's', until: 9_000, message: { topic: 't' } },
  'job.returned': { type: 'job.returned', ...base, output: 1 },
  'job.succeeded': { type: 'job.succeeded', ...base, output: 1 },
  'job.attempt-failed': { type: 'job.attempt-failed', ...base, error, retryAt: 2_000 },
  'job.failed': { type: 'job.failed', ...base, error },
  'job.interrupted': { type: 'job.interrupted', ...base, reason: 'drain' },
  'job.cancelling': { type: 'job.cancelling', v: 1, job, by, reason: 'r' },
  'job.cancelled': { type: 'job.cancelled', v: 1, job, error },
  'job.held': { type: 'job.held', v: 1, job, error },
  'job.resumed': { type: 'job.resumed', v: 1, job, by },
  'job.released': { type: 'job.released', v: 1, job, by },
  'job.result-rejected': { type: 'job.result-rejected', ...base, result: 'failed' },
  'job.recalled': {
    type: 'job.recalled',
    v: 1,
    job: old,
    record: {
      ...{ id: old, spec: { kind: kindName('k'), version: 1, input: null }, by, submittedAt: 1, position: 2 },
      ...{ epoch: 1, attempts: 1, interruptions: 0, settledAt: 3, outcome: { status: 'failed', error } },
    },
  },
  'records.retired': { type: 'records.retired', v: 1, jobs: [] },
  'breaker.opened': { type: 'breaker.opened', v: 1, breaker: 'kind.k', until: 9_000, reason: 'r' },
  'ladder.moved': { type: 'ladder.moved', v: 1, kind: 'k', from: 'ground', to: 'demoted', reason: 'r' },
  'breaker.half-opened': { type: 'breaker.half-opened', v: 1, breaker: 'kind.k', probes: 1 },
  'breaker.closed': { type: 'breaker.closed', v: 1, breaker: 'kind.k', reason: 'r', by },
  'message.sent': { type: 'message.sent', v: 1, job, by, from: 'f', topic: 't', body: 1 },
  'supervisor.started': { type: 'supervisor.started', v: 1, supervisor, by, spec: supervised },
  'supervisor.child-started': { type: 'supervisor.child-started', v: 1, supervisor, child: 'c', job },
  'supervisor.child-exited': {
    type: 'supervisor.child-exited',
    v: 1,
    supervisor,
    child: 'c',
    reason: 'normal',
  },
  'supervisor.restarting': {
    ...{ type: 'supervisor.restarting', v: 1, supervisor, child: 'c', reason: 'abnormal' },
    ...{ stop: [], start: ['c'] },
  },
  'supervisor.stopping': { type: 'supervisor.stopping', v: 1, supervisor, by },
  'supervisor.terminating': { type: 'supervisor.terminating', v: 1, supervisor, why: 'stopped', stop: [] },
  'supervisor.ended': { type: 'supervisor.ended', v: 1, supervisor, why: 'intensity' },
  'supervisor.child-changed': {
    ...{ type: 'supervisor.child-changed', v: 1, supervisor, child: 'c', by },
    change: { what: 'starting' },
  },
  'world.rewritten': {
    type: 'world.rewritten',
    v: 1,
    by,
    fact: { name: 'f', data: null },
    rewrite: { puts: [['k', 1]] },
    cmd,
  },
  'fact.emitted': { type: 'fact.emitted', v: 1, by, fact: { name: 'f', data: null } },
  'schedule.set': {
    type: 'schedule.set',
    v: 1,
    schedule,
    by,
    spec: { cron: '0 0 * * *', job: { kind: 'k' } },
  },
  'schedule.ticked': { type: 'schedule.ticked', v: 1, schedule, generation: 4, at: 4_000, job },
  'schedule.held': { type: 'schedule.held', v: 1, schedule, error },
  'schedule.paused': { type: 'schedule.paused', v: 1, schedule, by, reason: 'r' },
  'schedule.resumed': { type: 'schedule.resumed', v: 1, schedule, by },
  'schedule.removed': { type: 'schedule.removed', v: 1, schedule, by },
  'schedule.backfilled': {
    ...{ type: 'schedule.backfilled', v: 1, schedule, generation: 4, by },
    ...{ from: 0, to: 1_000, jobs: 1 },
  },
  'capability.derived': {
    ...{ type: 'capability.derived', v: 1, handle: handleId('h'), by, rights: ['job.submit:k'] },
    ...{ caveats: { count: 3 }, token: 'ab'.repeat(64) },
  },
  'capability.revoked': { type: 'capability.revoked', v: 1, handle: handleId('h'), by, reason: 'r' },
  'command.refused': {
    ...{ type: 'command.refused', v: 1, handle: handleId('h'), kind: 'k' },
    error: { code: 'UnsupportedOperation', message: 'no kind k' },
  },
  'capability.denied': { type: 'capability.denied', v: 1, handle: handleId('h'), right: 'var.set:x' },
  'driver.called': {
    ...{ type: 'driver.called', v: 1, by, job, epoch: 1, driver: 'fs', op: 'read' },
    uses: [{ action: 'fs.read', resource: '/a', path: '/a' }],
  },
  'capability.expired': { type: 'capability.expired', v: 1, handle: handleId('h') },
  'token.revoked': { type: 'token.revoked', v: 1, token: 'ab'.repeat(64), by, reason: 'r' },
  'agent.spawned': { type: 'agent.spawned', ...lone, by, name: 'n', handle: handleId('h2') },
  'agent.task-scheduled': { type: 'agent.task-scheduled', ...told, job, description: 'd' },
  'agent.observed': { type: 'agent.observed', v: 1, agent: other, by, topic: 't', data: 1 },
  'agent.subscribed': { type: 'agent.subscribed', ...told, to: other, topics: ['t'] },
  'agent.unsubscribed': { type: 'agent.unsubscribed', ...told, to: other },
  'agent.received': { type: 'agent.received', ...told, upTo: 0 },
  'agent.stopped': { type: 'agent.stopped', ...told, reason: 'r' },
  'command.settled': { type: 'command.settled', v: 1, cmd, by, output: 1 },
};

function leased(): KernelState {
  const state = new KernelState();
  const before = [
    'zone.created',
    'sequencer.claimed',
    'job.submitted',
    'job.leased',
    'schedule.set',
    'supervisor.started',
  ] as const;
  for (const type of before) {
    apply(state, EVENTS[type], state.position, 1_000);
  }
  for (const { agent } of [{ agent: other }, told]) {
    const event = {
      type: 'agent.spawned' as const,
      v: 1 as const,
      agent,
      by,
      name: 'n',
      handle: handleId(agent),
    };
    apply(state, event, state.position, 1_000);
  }
  apply(state, EVENTS['agent.subscribed'], state.position, 1_000);
  return state;
}

it.each(Object.values(EVENTS))(
  'takes $type in, alike with a digest tree and without, and moves position and time on',
  (event) => {
    const [one, two] = [leased(), leased()];
    const { position } = one;
    digestOf(one);
    apply(one, structuredClone(event), one.position, 5_000);
    apply(two, event, two.position, 5_000);
    expect(digestOf(one)).toBe(digestOf(two));
    expect([one.position, one.time]).toEqual([position + 1, 5_000]);
  },
);

it('keeps nothing of an event that its writer could change later', () => {
  const state = leased();
  apply(state, EVENTS['job.stepped'], 4, 5_000);
  const before = state.jobs.get(job);
  const view = before && recordOf(before);
  apply(state, EVENTS['job.stepped'], 5, 5_000);
  expect(view?.steps).toHaveLength(1);
});

it('calls a log damaged that speaks of a job it never submitted', () => {
  const state = new KernelState();
  expect(() => {
    apply(state, EVENTS['job.leased'], 0, 0);
  }).toThrow(expect.objectContaining({ code: 'LogDamaged' }));
});

it('ends the lease with the attempt, whichever way it ends', () => {
  for (const type of [
    'job.suspended',
    'job.returned',
    'job.succeeded',
    'job.attempt-failed',
    'job.failed',
    'job.interrupted',
    'job.cancelled',
    'job.held',
  ] as const) {
    const state = leased();
    apply(state, EVENTS[type], 4, 5_000);
    expect([type, state.jobs.get(job)?.lease]).toEqual([type, undefined]);
  }
});
