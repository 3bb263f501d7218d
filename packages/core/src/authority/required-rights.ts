import { VALUE_TAGS } from '@tksm/abstractions';
import type {
  AgentId,
  ChildSpec,
  EventType,
  JobId,
  KernelEvent,
  RightUse,
  StoredValue,
  SupervisorEvent,
  WorldRewritten,
} from '@tksm/abstractions';
import { ERASED_PREFIX } from '../sealing/erasures.ts';
import { hasReferences, referencesIn } from '../sealing/tagged.ts';
import { askedBy } from './uses.ts';
import { parseVarKey } from '../vars/world-vars.ts';

/** A right that is asked for, and what of it caveats look at. */
export interface Asked {
  readonly action: string;
  readonly resource: string;
  /** How a refusal names the resource; else as it is. */
  readonly told?: string;
  /** Kind of the job or operation. */
  readonly kind?: string;
  readonly host?: string;
  readonly path?: string;
  readonly amount?: bigint;
}

/** What of a job decides what it takes to submit it. */
interface Submission {
  readonly kind: string;
  readonly input: StoredValue;
  readonly uses?: readonly RightUse[] | undefined;
}

/** The kind of a job that an event is about. */
export type KindOf = (job: JobId) => string;

/** How rights name an agent that an event is about. */
export type PathOf = (agent: AgentId) => string;

const NONE: readonly Asked[] = [];

type EventOf<T extends EventType> = Extract<KernelEvent, { readonly type: T }>;
/** What an event that names a handle needs a right for; nothing when it is no effect, or the kernel's own. */
type Asking<T extends EventType> =
  'nothing' | ((event: EventOf<T>, kindOf: KindOf, pathOf: PathOf) => readonly Asked[]);

/**
 * The rights behind every event. Total over the closed set: an event type cannot be added without saying here which right
 * its effect needs, so that none can be recorded unchecked.
 */
const RIGHTS: { readonly [T in EventType]: Asking<T> } = {
  ...{ 'zone.created': 'nothing', 'sequencer.claimed': 'nothing', 'records.retired': 'nothing' },
  // The answer to a command stands beside what the command did.
  ...{ 'command.settled': 'nothing', 'command.refused': 'nothing' },
  // What a token allows is judged when it is accepted; what expires, by nobody.
  'capability.expired': 'nothing',
  'token.revoked': ({ token }) => [{ action: 'token.revoke', resource: token }],
  // That a handle is within the one it is derived from, or above what it revokes, is looked at by the operation.
  ...{ 'capability.derived': 'nothing', 'capability.revoked': 'nothing', 'capability.denied': 'nothing' },

  'job.submitted': ({ spec }) => toSubmit(spec),
  'job.debounced': ({ job, input, uses }, kindOf) => toSubmit({ kind: kindOf(job), input, uses }),
  'job.deduplicated': ({ job, uses }, kindOf) => toSubmit({ kind: kindOf(job), input: null, uses }),
  'job.cancelling': ({ job }, kindOf) => ofJob('job.cancel', job, kindOf),
  'job.cancelled': ({ job }, kindOf) => ofJob('job.cancel', job, kindOf),
  'job.held': ({ job }, kindOf) => ofJob('job.pause', job, kindOf),
  'job.resumed': ({ job }, kindOf) => ofJob('job.resume', job, kindOf),
  'job.released': ({ job }, kindOf) => ofJob('job.retry', job, kindOf),
  'message.sent': ({ job }, kindOf) => ofJob('inbox.send', job, kindOf),
  // What becomes of a job that was allowed.
  ...{ 'job.leased': 'nothing', 'job.assigned': 'nothing', 'job.stepped': 'nothing' },
  ...{ 'job.progressed': 'nothing', 'job.suspended': 'nothing', 'job.returned': 'nothing' },
  ...{ 'job.succeeded': 'nothing', 'job.attempt-failed': 'nothing', 'job.failed': 'nothing' },
  ...{ 'job.interrupted': 'nothing', 'job.result-rejected': 'nothing', 'job.recalled': 'nothing' },

  // One that writes nothing is the fact that it tells.
  'world.rewritten': (event) => (event.uses === undefined ? ofRewrite(event) : askedBy(event.uses)),
  'driver.called': ({ uses, job }, kindOf) => askedBy(uses, kindOf(job)),
  'fact.emitted': ({ fact }) => [{ action: 'fact.emit', resource: fact.name }],

  // What will run by itself is judged when it is set up: later nobody asks.
  'schedule.set': ({ schedule, spec: { job } }) => [
    { action: 'schedule.set', resource: schedule },
    ...toRun({ kind: String(job.kind), input: job.input ?? null }),
  ],
  'schedule.paused': ({ schedule }) => [{ action: 'schedule.pause', resource: schedule }],
  'schedule.resumed': ({ schedule }) => [{ action: 'schedule.resume', resource: schedule }],
  'schedule.removed': ({ schedule }) => [{ action: 'schedule.remove', resource: schedule }],
  'schedule.backfilled': ({ schedule }) => [{ action: 'schedule.backfill', resource: schedule }],
  ...{ 'schedule.ticked': 'nothing', 'schedule.held': 'nothing' },

  'breaker.opened': ({ breaker }) => [{ action: 'breaker.set', resource: breaker }],
  'breaker.closed': ({ breaker }) => [{ action: 'breaker.set', resource: breaker }],
  'breaker.half-opened': 'nothing',
  'ladder.moved': ({ kind }) => [{ action: 'ladder.set', resource: kind, kind }],

  'supervisor.started': (event) => [
    ...ofSupervisor('supervisor.start', event),
    ...toKeep(event.spec.children),
  ],
  'supervisor.ended': (event) => ofSupervisor('supervisor.stop', event),
  'supervisor.stopping': (event) => ofSupervisor('supervisor.stop', event),
  'supervisor.child-changed': (event) => [
    ...ofSupervisor('supervisor.change', event),
    ...(event.change.what === 'added' ? toKeep([event.change.spec]) : NONE),
  ],
  ...{ 'supervisor.child-started': 'nothing', 'supervisor.child-exited': 'nothing' },
  ...{
    'supervisor.restarting': 'nothing',
    'supervisor.terminating': 'nothing',
  },

  'agent.spawned': ({ parent }, _, pathOf) => [
    { action: 'agent.spawn', resource: parent === undefined ? 'root' : pathOf(parent) },
  ],
  'agent.task-scheduled': ({ agent }, _, pathOf) => ofAgent('agent.schedule-task', agent, pathOf),
  'agent.observed': ({ agent }, _, pathOf) => ofAgent('agent.observe', agent, pathOf),
  'agent.subscribed': ({ agent, to }, _, pathOf) => [
    ...ofAgent('agent.subscribe', agent, pathOf),
    ...ofAgent('agent.listen', to, pathOf),
  ],
  'agent.unsubscribed': ({ agent }, _, pathOf) => ofAgent('agent.subscribe', agent, pathOf),
  'agent.received': ({ agent }, _, pathOf) => ofAgent('agent.receive', agent, pathOf),
  'agent.stopped': ({ agent }, _, pathOf) => ofAgent('agent.stop', agent, pathOf),
};

/** What has to be allowed for an event that names a handle. */
export function requiredRights(event: KernelEvent, kindOf: KindOf, pathOf: PathOf): readonly Asked[] {
  const asking = RIGHTS[event.type] as Asking<EventType>;
  return asking === 'nothing' ? NONE : asking(event as never, kindOf, pathOf);
}

/** What it takes to submit a job: the rights of the call that it is, where it is one. */
export function toSubmit({ kind, input, uses }: Submission): readonly Asked[] {
  return uses === undefined ? toRun({ kind, input }) : [...askedBy(uses, kind), ...secretsIn(input)];
}

/** What it takes to have a job run: its kind, and each secret that its input names. */
function toRun({ kind, input }: { readonly kind: string; readonly input: StoredValue }): readonly Asked[] {
  return [{ action: 'job.submit', resource: kind, kind }, ...secretsIn(input)];
}

/** The secrets that an input names. */
function secretsIn(input: StoredValue): readonly Asked[] {
  if (!hasReferences(input)) return NONE;
  return [...referencesIn(input)].flatMap(({ [VALUE_TAGS.secret]: name }) =>
    typeof name === 'string' ? [{ action: 'secret.use', resource: name }] : [],
  );
}

function toKeep(children: readonly ChildSpec[]): readonly Asked[] {
  return children.flatMap((child) => ('job' in child ? toRun(child.job) : toKeep(child.supervisor.children)));
}

function ofJob(action: string, job: JobId, kindOf: KindOf): readonly Asked[] {
  return [onJob(action, job, kindOf(job))];
}

/**
 * A job goes by its kind and its id, so that a right can be for all jobs of a kind. A refusal leaves the kind out, as a right
 * for this one job could: it tells neither what the job does, nor whether there is one.
 */
export function onJob(action: string, job: JobId, kind = '?'): Asked {
  return { action, resource: `${kind}/${job}`, told: `*/${job}`, kind };
}

/** One that writes nothing is the fact that it tells. */
function ofRewrite({ rewrite, fact }: WorldRewritten): readonly Asked[] {
  const { puts = [], deletes = [] } = rewrite;
  return [
    ...(puts.length + deletes.length === 0 ? [{ action: 'fact.emit', resource: fact.name }] : []),
    ...puts.map(([key]) => ofKey(key, 'set')),
    ...deletes.map((key) => ofKey(key, 'delete')),
  ];
}

function ofKey(key: string, doing: 'set' | 'delete'): Asked {
  const variable = parseVarKey(key);
  if (variable !== undefined) return { action: `var.${doing}`, resource: variable.name };
  if (key.startsWith(ERASED_PREFIX)) return { action: 'subject.erase', resource: 'subjects' };
  return { action: `world.${doing}`, resource: key };
}

function ofSupervisor(action: string, { supervisor }: SupervisorEvent): readonly Asked[] {
  return [{ action, resource: supervisor }];
}

/** An agent goes by its path, so that a right can be for all below one. */
function ofAgent(action: string, agent: AgentId, pathOf: PathOf): readonly Asked[] {
  return [{ action, resource: pathOf(agent) }];
}
