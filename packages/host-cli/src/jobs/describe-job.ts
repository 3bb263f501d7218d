import type { JobId, JobView, OpenWait, StoredValue } from '@tksm/abstractions';
import { factLines } from '../terminal/fact-lines.ts';
import type { Fact } from '../terminal/fact-lines.ts';
import type { Style } from '../terminal/style.ts';
import { cutText, printable } from '../terminal/text-width.ts';
import { isoTime, longSpan, relative } from '../terminal/times.ts';
import { tookMs } from './job-columns.ts';
import { retryText } from './retry-text.ts';
import { filterText } from './wait-text.ts';
import { statusPaint } from './status-paint.ts';

interface Describing {
  readonly names: ReadonlyMap<JobId, string>;
  /** Why it does not run though it is ready. */
  readonly heldBack: readonly string[];
  readonly style: Style;
  readonly now: number;
}

/** Characters of a value that are shown; `--json` has all of it. */
const VALUE_WIDTH = 2_000;
const MAX_CHILDREN = 10;

/** All facts of a job, a line each. */
export function describeJob(job: JobView, children: readonly JobView[], describing: Describing): string[] {
  const { style } = describing;
  const facts = [
    ...identity(job, describing),
    ...timing(job, describing),
    ...relations(job, children, describing),
    ...contents(job, describing),
  ];
  return factLines(facts, style);
}

function identity({ id, spec, status, retired }: JobView, { heldBack, style }: Describing): Fact[] {
  return [
    ['id', id],
    ['name', spec.name === undefined ? undefined : style.bold(printable(spec.name))],
    ['kind', `${spec.kind} version ${spec.version}`],
    ['status', statusPaint(status, style)(status)],
    ...heldBack.map((why): Fact => ['held back', printable(why)]),
    ['retired', retired === true ? 'it has left the memory of the kernel' : undefined],
    ['run', spec.correlation && printable(spec.correlation)],
    ['priority', spec.priority?.toString()],
    ['pool', spec.pool && printable(spec.pool)],
    ['origin', spec.origin && printable(spec.origin)],
    ['agent', spec.agent && printable(spec.agent)],
    ['requires', spec.affinity?.require && printable(spec.affinity.require.join(', '))],
  ];
}

function timing(job: JobView, { now }: Describing): Fact[] {
  const moment = (instant: number | undefined): string | undefined =>
    instant === undefined ? undefined : `${isoTime(instant)} (${relative(instant, now)})`;
  const { spec, attempts, lease } = job;
  const took = tookMs(job);
  const most = spec.retry === undefined ? '' : ` of ${spec.retry.maxAttempts}`;
  return [
    ['tick', spec.tick && `${spec.tick.schedule} ${isoTime(spec.tick.at)}`],
    ['submitted', moment(job.submittedAt)],
    ['started', moment(lease?.startedAt)],
    ['lease until', moment(lease?.until)],
    ['leased to', lease && `${printable(lease.worker)}, epoch ${lease.epoch}`],
    ['waits for', job.waitingFor === 'children' ? 'its children' : job.wait && waitText(job.wait, moment)],
    ['not before', moment(job.retryAt ?? spec.notBefore)],
    ['deadline', moment(spec.deadline)],
    ['settled', moment(job.settledAt)],
    ['took', took === undefined ? undefined : longSpan(took)],
    ['attempts', `${attempts}${most}${interruptedText(job)}`],
    [
      'redriven',
      job.redriven === undefined ? undefined : `${job.redriven} times, after it had failed for good`,
    ],
    ['retries', spec.retry && printable(retryText(spec.retry))],
    [
      'progress',
      job.progress && [job.progress.done, job.progress.total].filter((part) => part !== undefined).join('/'),
    ],
  ];
}

function waitText(
  { step, until, message, arrived }: OpenWait,
  moment: (instant: number | undefined) => string | undefined,
): string {
  const what = message === undefined ? 'its time' : filterText(message);
  const ends = moment(until);
  const over = arrived === undefined ? '' : ', which is there';
  return `${what}${over}${ends === undefined ? '' : `, until ${ends}`}, at ${printable(step)}`;
}

function interruptedText({ interruptions, workersLost = 0 }: JobView): string {
  const lost = workersLost === 0 ? '' : `, ${workersLost} workers lost in a row`;
  return interruptions > 0 ? `, interrupted ${interruptions} times${lost}` : lost;
}

function relations({ spec }: JobView, children: readonly JobView[], { names }: Describing): Fact[] {
  const nameOf = (id: JobId): string => names.get(id) ?? id;
  const list = children.slice(0, MAX_CHILDREN).map(({ id, status }) => `${nameOf(id)} ${status}`);
  const more = children.length > MAX_CHILDREN ? [`… ${children.length} in all: tksm job tree`] : [];
  return [
    ['after', spec.dependsOn?.map(nameOf).join(' ')],
    ['parent', spec.parent && nameOf(spec.parent)],
    ['children', children.length === 0 ? undefined : [...list, ...more].join(', ')],
    ['dedup key', spec.dedupKey && printable(spec.dedupKey)],
  ];
}

function contents(job: JobView, { style }: Describing): Fact[] {
  const { spec, steps, inbox, outcome, held, lastError, cancelling } = job;
  const error = outcome !== undefined && outcome.status !== 'succeeded' ? outcome.error : (held ?? lastError);
  return [
    ['input', valueText(spec.input)],
    ...(steps ?? []).map(({ name, output }): Fact => [`step ${printable(name)}`, valueText(output)]),
    ['inbox', inbox && `${inbox.length} unread: tksm inbox ls ${job.id}`],
    ['cancelling', cancelling && printable(cancelling)],
    ['error', error && style.red(`${printable(error.message)} (${error.code})`)],
    ['error data', error?.data && valueText(error.data)],
    ['output', outcome?.status === 'succeeded' ? valueText(outcome.output) : undefined],
  ];
}

function valueText(value: StoredValue): string {
  return cutText(printable(JSON.stringify(value)), VALUE_WIDTH);
}
