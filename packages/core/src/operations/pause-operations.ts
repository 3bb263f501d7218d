import { KernelError, kindName } from '@tksm/abstractions';
import type { KernelEvent, StoredObject, VarChange } from '@tksm/abstractions';
import { PAUSED } from '../scheduler/pauses/pause-settings.ts';
import type { Pausable } from '../scheduler/pauses/pause-settings.ts';
import { text } from '../submit/spec-fields.ts';
import { planVarApply } from '../vars/apply-vars.ts';
import { WorldVars } from '../vars/world-vars.ts';
import { openJob } from './job-operations.ts';
import { textField } from './operation.ts';
import type { KernelOperation, OperationResult, OperationScope } from './operation.ts';
import { asksForJob } from './asks.ts';

/** Why a single job is held on request; only such a hold is ended by `job.resume`. */
const PAUSED_CODE = 'Paused';

const jobPause: KernelOperation = {
  name: 'job.pause',
  asks: asksForJob('job.pause'),
  summary: 'Holds a job that has not begun, or waits: { job, reason? }',
  perform(input, scope) {
    const job = openJob(input, scope);
    const why =
      job.lease !== undefined
        ? 'runs: cancel it, or pause its kind'
        : job.returned !== undefined
          ? 'has run, and waits for its children'
          : job.held !== undefined
            ? 'is held already'
            : undefined;
    if (why !== undefined) throw inapplicable(`job ${job.id} ${why}`, { job: job.id });
    const error = { code: PAUSED_CODE, message: reasonIn(input) || 'paused on request' } as const;
    const event: KernelEvent = { type: 'job.held', v: 1, job: job.id, error, by: scope.by };
    return { output: { job: job.id }, events: [event] };
  },
};

const jobResume: KernelOperation = {
  name: 'job.resume',
  asks: asksForJob('job.resume'),
  summary: 'Lets a paused job go on as it was: { job }',
  perform(input, scope) {
    const job = openJob(input, scope);
    if (job.held?.code !== PAUSED_CODE) {
      const why =
        job.held === undefined ? 'is not paused' : `is held for another reason: ${job.held.message}`;
      throw inapplicable(`job ${job.id} ${why}`, { job: job.id });
    }
    const event: KernelEvent = { type: 'job.resumed', v: 1, job: job.id, by: scope.by };
    return { output: { job: job.id }, events: [event] };
  },
};

function pauseOf(what: Pausable, doing: string): KernelOperation {
  return {
    name: `${what}.pause`,
    asks: (input) => [{ action: 'var.set', resource: settingName(what, nameIn(input, what)) }],
    summary: `${doing}: { ${what}, reason? }`,
    perform(input, scope) {
      const name = nameIn(input, what);
      const reason = reasonIn(input);
      const value = reason === '' ? {} : { reason };
      return setting(
        { op: 'set', name: settingName(what, name), value },
        `${what}.paused`,
        { [what]: name, reason },
        scope,
      );
    },
  };
}

function resumeOf(what: Pausable): KernelOperation {
  return {
    name: `${what}.resume`,
    asks: (input) => [{ action: 'var.delete', resource: settingName(what, nameIn(input, what)) }],
    summary: `Lets a paused ${what} go on: { ${what} }`,
    perform(input, scope) {
      const name = nameIn(input, what);
      const variable = settingName(what, name);
      if (new WorldVars(scope.state.world).get(variable, 'runtime') === undefined) {
        throw inapplicable(`${what} ${name} is not paused`, { [what]: name });
      }
      return setting({ op: 'delete', name: variable }, `${what}.resumed`, { [what]: name }, scope);
    },
  };
}

export const PAUSE_OPERATIONS: readonly KernelOperation[] = [
  ...[jobPause, jobResume],
  ...[pauseOf('kind', 'Begins no more jobs of a kind; those that run go on'), resumeOf('kind')],
  ...[pauseOf('pool', 'Begins no more jobs of a pool; those that run go on'), resumeOf('pool')],
];

/** The pause is a setting, and so in the log with what it explains. */
function setting(
  change: VarChange,
  fact: string,
  data: StoredObject,
  scope: OperationScope,
): OperationResult {
  const { rewrite } = planVarApply(scope.state.world, { changes: [change] });
  const event: KernelEvent = {
    type: 'world.rewritten',
    v: 1,
    by: scope.by,
    fact: { name: fact, data },
    rewrite,
  };
  return { output: data, events: [event] };
}

function settingName(what: Pausable, name: string): string {
  return `${PAUSED[what].name}${name}`;
}

/** @throws KernelError `InvalidInput`, `InvalidSpec` */
function nameIn(input: StoredObject, what: Pausable): string {
  const name = textField(input, what);
  if (what === 'kind') return kindName(name);
  return text(name, 'pool');
}

function reasonIn(input: StoredObject): string {
  return input['reason'] === undefined ? '' : textField(input, 'reason');
}

function inapplicable(message: string, data: StoredObject): KernelError {
  return new KernelError('InvalidOperation', message, { data });
}
