import type {
  AgentEvent,
  CapabilityEvent,
  CommandRefused,
  DriverCalled,
  JobId,
  KernelEvent,
  RecordedEvent,
  ScheduleEvent,
  SupervisorEvent,
} from '@tksm/abstractions';
import { agentWords } from '../agents/agent-words.ts';
import type { Column } from '../terminal/table.ts';
import type { Paint, Style } from '../terminal/style.ts';
import { scheduleWords } from '../schedules/schedule-words.ts';
import { isoTime } from '../terminal/times.ts';

/** Columns of a list of events. */
export function eventColumns(
  names: ReadonlyMap<JobId, string>,
  now: number,
): readonly Column<RecordedEvent>[] {
  const today = isoTime(now).slice(0, 10);
  return [
    { title: 'POSITION', text: ({ position }) => String(position), align: 'right' },
    { title: 'TIME', text: ({ time }) => clockText(time, today), plain: ({ time }) => isoTime(time) },
    { title: 'TYPE', text: ({ event }) => event.type, paint: ({ event }, style) => typePaint(event, style) },
    {
      title: 'JOB',
      text: ({ event }) =>
        'job' in event && event.job !== undefined ? (names.get(event.job) ?? event.job) : '',
      plain: ({ event }) => ('job' in event ? (event.job ?? '') : ''),
    },
    { title: 'WHAT', text: ({ event }) => whatOf(event), shrinks: true },
  ];
}

/** Only the time of day for what happened today, UTC. */
function clockText(time: number, today: string): string {
  const iso = isoTime(time);
  return iso.startsWith(today) ? iso.slice(11, 23) : `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
}

function typePaint({ type }: KernelEvent, style: Style): Paint | undefined {
  if (type === 'job.failed' || type === 'job.attempt-failed') return style.red;
  if (type === 'job.succeeded') return style.green;
  if (type === 'job.held' || type === 'job.cancelled' || type === 'job.interrupted') return style.yellow;
  return undefined;
}

/** What an event says, in a few words. */
function whatOf(event: KernelEvent): string {
  switch (event.type) {
    case 'zone.created':
      return `zone ${event.zone}`;
    case 'sequencer.claimed':
      return `epoch ${event.epoch}`;
    case 'job.submitted':
      return [event.spec.kind, event.spec.name].filter((part) => part !== undefined).join(' ');
    case 'job.leased':
      return `attempt lease ${event.epoch} to ${event.worker}`;
    case 'job.assigned':
      return `to ${event.worker}`;
    case 'job.stepped':
      return `step ${event.name}`;
    case 'job.suspended':
      return `at ${event.step}`;
    case 'message.sent':
      return [event.topic, `from ${event.from}`].filter((part) => part !== undefined).join(' ');
    case 'job.attempt-failed':
    case 'job.failed':
    case 'job.cancelled':
    case 'job.held':
      return `${event.error.code}: ${event.error.message}`;
    case 'job.interrupted':
    case 'job.cancelling':
      return event.reason;
    case 'job.progressed':
      return [event.progress.done, event.progress.total].filter((part) => part !== undefined).join('/');
    case 'world.rewritten':
    case 'fact.emitted':
      return event.fact.name;
    case 'command.settled':
    case 'job.deduplicated':
      return `command ${event.cmd}`;
    case 'job.debounced':
      return `not before ${isoTime(event.notBefore)}`;
    case 'records.retired':
      return `${event.jobs.length} jobs, ${event.commands?.length ?? 0} answers`;
    case 'job.recalled':
      return event.record.outcome?.status ?? '';
    case 'breaker.opened':
    case 'breaker.closed':
      return `${event.breaker}: ${event.reason}`;
    case 'ladder.moved':
      return `${event.kind}: ${event.from} to ${event.to}: ${event.reason}`;
    case 'breaker.half-opened':
      return `${event.breaker}: lets ${event.probes} through`;
    case 'job.result-rejected':
      return event.result;
    case 'job.returned':
    case 'job.succeeded':
    case 'job.resumed':
    case 'job.released':
      return '';
    default:
      return familyWords(event);
  }
}

function familyWords(event: AgentEvent | AuthorityEvent | ScheduleEvent | SupervisorEvent): string {
  if ('agent' in event) return agentWords(event);
  if ('handle' in event || 'uses' in event || 'token' in event) return authorityWords(event);
  return 'supervisor' in event ? supervisorWords(event) : scheduleWords(event);
}

type AuthorityEvent = CapabilityEvent | CommandRefused | DriverCalled;

function authorityWords(event: AuthorityEvent): string {
  switch (event.type) {
    case 'capability.derived':
      return `${event.handle}: ${event.rights.join(', ')}`;
    case 'capability.revoked':
      return `${event.handle}: ${event.reason}`;
    case 'capability.denied':
      return `${event.handle}: ${event.right ?? 'more'}${event.caveat === undefined ? '' : ` (${event.caveat})`}`;
    case 'capability.expired':
      return event.handle;
    case 'command.refused':
      return `${event.kind}: ${event.error.message}`;
    case 'driver.called':
      return event.uses.map(({ action, resource }) => `${action}:${resource}`).join(', ');
    case 'token.revoked':
      return `${event.token.slice(0, 16)}…: ${event.reason}`;
  }
}

function supervisorWords(event: SupervisorEvent): string {
  switch (event.type) {
    case 'supervisor.child-started':
      return `child ${event.child} of ${event.supervisor}`;
    case 'supervisor.child-exited':
    case 'supervisor.restarting':
      return `child ${event.child} of ${event.supervisor}: ${event.reason}`;
    case 'supervisor.child-changed':
      return `child ${event.child} of ${event.supervisor}: ${event.change.what}`;
    case 'supervisor.terminating':
    case 'supervisor.ended':
      return `${event.supervisor}: ${event.why}`;
    case 'supervisor.started':
    case 'supervisor.stopping':
      return event.supervisor;
  }
}
