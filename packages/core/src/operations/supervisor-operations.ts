import { KernelError } from '@tksm/abstractions';
import type {
  ChildRecord,
  ChildSpec,
  KernelEvent,
  StoredObject,
  StoredValue,
  SupervisorRecord,
  SupervisorSpec,
} from '@tksm/abstractions';
import { readChild, readSupervisor } from '../supervision/supervisor-input.ts';
import { checkTree, checkZone } from '../supervision/supervisor-limits.ts';
import { childOf, isBusy, parentOf } from '../supervision/supervisor-record.ts';
import { textField } from './operation.ts';
import type { KernelOperation, OperationResult, OperationScope } from './operation.ts';
import { asksFor } from './asks.ts';
import { sealedInput } from './sealed-input.ts';

const supervisorStart: KernelOperation = {
  name: 'supervisor.start',
  asks: asksFor('supervisor.start', 'id'),
  summary:
    'Starts a supervisor and its children: { id, strategy?, intensity?, periodMs?, autoShutdown?, children, supervisors? }',
  async prepare(given, preparation) {
    const { id, spec } = await readSupervisor(await sealedInput(given, preparation), preparation.specOf);
    return { id, spec: asStored(spec) };
  },
  perform(input, { state, by }) {
    const id = textField(input, 'id');
    const spec = input['spec'] as unknown as SupervisorSpec;
    const before = state.supervisors.get(id);
    if (before !== undefined && before.ended === undefined) {
      throw new KernelError('SupervisorExists', `there is a supervisor ${id}`, { data: { supervisor: id } });
    }
    checkZone(spec, state, by);
    const event: KernelEvent = { type: 'supervisor.started', v: 1, supervisor: id, by, spec };
    return { output: { supervisor: id }, events: [event] };
  },
};

const supervisorStop: KernelOperation = {
  name: 'supervisor.stop',
  asks: asksFor('supervisor.stop', 'supervisor'),
  summary: 'Stops a supervisor after its children, or forgets one that gave up: { supervisor }',
  perform(input, scope) {
    const supervisor = find(input, scope);
    const { id, ended, mailbox, plan } = supervisor;
    const above = parentOf(id);
    if (above !== undefined) {
      const next = `stop it as a child: supervisor.child.stop of ${above.supervisor}`;
      throw refused(id, 'is the child of another', next);
    }
    const output = { supervisor: id };
    if (ended !== undefined)
      return {
        output,
        events: [{ type: 'supervisor.ended', v: 1, supervisor: id, why: 'stopped', by: scope.by }],
      };
    const isTold = plan?.end !== undefined || mailbox.some((message) => 'stop' in message);
    if (isTold) return { output, events: [] };
    return { output, events: [{ type: 'supervisor.stopping', v: 1, supervisor: id, by: scope.by }] };
  },
};

const supervisorChildStart: KernelOperation = {
  name: 'supervisor.child.start',
  asks: asksFor('supervisor.change', 'supervisor'),
  summary: 'Adds a child after the others and starts it: { supervisor, child, supervisors? }',
  async prepare(given, preparation) {
    const input = await sealedInput(given, preparation);
    const spec = await readChild(input['child'], input['supervisors'], preparation.specOf);
    return { supervisor: textField(input, 'supervisor'), spec: asStored(spec) };
  },
  perform(input, scope) {
    const supervisor = idle(input, scope);
    const spec = input['spec'] as unknown as ChildSpec;
    const { id } = spec;
    if (childOf(supervisor, id) !== undefined)
      throw new KernelError('DuplicateId', `supervisor ${supervisor.id} has a child ${id}`, { data: { id } });
    if (spec.significant === true && supervisor.autoShutdown === 'never')
      throw refused(supervisor.id, 'has no autoShutdown, and so no significant children');
    checkTree(supervisor, spec, scope.state, scope.by);
    return change(supervisor, id, { what: 'added', spec }, scope);
  },
};

const supervisorChildStop: KernelOperation = {
  name: 'supervisor.child.stop',
  asks: asksFor('supervisor.change', 'supervisor'),
  summary: 'Stops a child, which stays known unless it is temporary: { supervisor, child }',
  perform(input, scope) {
    const { supervisor, child } = findChild(input, scope);
    if (child.run === undefined)
      return { output: { supervisor: supervisor.id, child: child.spec.id }, events: [] };
    return change(supervisor, child.spec.id, { what: 'stopping' }, scope);
  },
};

const supervisorChildRestart: KernelOperation = {
  name: 'supervisor.child.restart',
  asks: asksFor('supervisor.change', 'supervisor'),
  summary: 'Starts a child again that does not run: { supervisor, child }',
  perform(input, scope) {
    const { supervisor, child } = findChild(input, scope);
    if (child.run !== undefined) throw refused(supervisor.id, `runs child ${child.spec.id}`);
    return change(supervisor, child.spec.id, { what: 'starting' }, scope);
  },
};

const supervisorChildDelete: KernelOperation = {
  name: 'supervisor.child.delete',
  asks: asksFor('supervisor.change', 'supervisor'),
  summary: 'Forgets a child that does not run: { supervisor, child }',
  perform(input, scope) {
    const { supervisor, child } = findChild(input, scope);
    const { id } = child.spec;
    if (child.run !== undefined)
      throw refused(supervisor.id, `runs child ${id}`, 'stop it first: supervisor.child.stop');
    return change(supervisor, id, { what: 'removed' }, scope);
  },
};

/** What is done to supervisors and their children. */
export const SUPERVISOR_OPERATIONS: readonly KernelOperation[] = [
  ...[supervisorStart, supervisorStop, supervisorChildStart],
  ...[supervisorChildStop, supervisorChildRestart, supervisorChildDelete],
];

function change(
  { id: supervisor }: SupervisorRecord,
  child: string,
  what: Extract<KernelEvent, { type: 'supervisor.child-changed' }>['change'],
  { by }: OperationScope,
): OperationResult {
  const event: KernelEvent = {
    ...{ type: 'supervisor.child-changed', v: 1, supervisor, child, by },
    change: what,
  };
  return { output: { supervisor, child }, events: [event] };
}

function find(input: StoredObject, { state }: OperationScope): SupervisorRecord {
  const id = textField(input, 'supervisor');
  const supervisor = state.supervisors.get(id);
  if (supervisor !== undefined) return supervisor;
  throw new KernelError('SupervisorNotFound', `there is no supervisor ${id}`, { data: { supervisor: id } });
}

/** A supervisor that takes changes. As with OTP's, they wait for what it has under way; here it is the caller who does. */
function idle(input: StoredObject, scope: OperationScope): SupervisorRecord {
  const supervisor = find(input, scope);
  const { id } = supervisor;
  if (supervisor.ended !== undefined) throw refused(id, 'gave up', 'start it anew: supervisor.start');
  if (!isBusy(supervisor)) return supervisor;
  throw new KernelError('SupervisorBusy', `supervisor ${id} stops or starts children`, {
    data: { supervisor: id },
  });
}

function findChild(
  input: StoredObject,
  scope: OperationScope,
): { readonly supervisor: SupervisorRecord; readonly child: ChildRecord } {
  const supervisor = idle(input, scope);
  const id = textField(input, 'child');
  const child = childOf(supervisor, id);
  if (child !== undefined) return { supervisor, child };
  throw new KernelError('SupervisorNotFound', `supervisor ${supervisor.id} has no child ${id}`, {
    data: { supervisor: supervisor.id, child: id },
  });
}

function refused(supervisor: string, why: string, next?: string): KernelError {
  return new KernelError('InvalidOperation', `supervisor ${supervisor} ${why}`, {
    data: { supervisor },
    ...(next !== undefined && { next }),
  });
}

/** Contracts are plain JSON data; the type system cannot see it through interfaces. */
function asStored(value: SupervisorSpec | ChildSpec): StoredValue {
  return value as unknown as StoredValue;
}
