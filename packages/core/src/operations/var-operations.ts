import { fromStored, KernelError } from '@tksm/abstractions';
import type {
  Etag,
  KernelEvent,
  StoredObject,
  StoredValue,
  Value,
  VarApply,
  VarChange,
  VarLayer,
  VarPrecondition,
} from '@tksm/abstractions';
import { planVarApply } from '../vars/apply-vars.ts';
import { WorldVars } from '../vars/world-vars.ts';
import { objectInput, textField } from './operation.ts';
import type { KernelOperation, OperationResult, OperationScope } from './operation.ts';
import { asksFor } from './asks.ts';

export const varGet: KernelOperation = {
  name: 'var.get',
  asks: asksFor('var.get', 'name'),
  reads: true,
  summary: 'Reads a variable: { name, layer? }',
  perform(input, { state }) {
    const name = textField(input, 'name');
    const variable = new WorldVars(state.world).get(name, layerOf(input));
    if (variable === undefined)
      throw new KernelError('VarNotFound', `there is no variable ${name}`, { data: { name } });
    return { output: { ...variable }, events: [] };
  },
};

export const varSet: KernelOperation = {
  name: 'var.set',
  asks: (input) => [
    { action: 'var.set', resource: textField(input, 'name') },
    // Its etag tells whether it has changed.
    ...(input.ifEtag === undefined ? [] : [{ action: 'var.get', resource: textField(input, 'name') }]),
  ],
  summary: 'Sets a variable: { name, value, layer?, metadata?, ifEtag? }',
  perform(input, scope) {
    const name = textField(input, 'name');
    if (input.value === undefined)
      throw new KernelError('InvalidInput', 'value is missing', { data: { field: 'value' } });
    const change: VarChange = { op: 'set', name, value: fromStored(input.value), ...metadataField(input) };
    return applyOne(change, input, scope);
  },
};

export const varDelete: KernelOperation = {
  name: 'var.delete',
  asks: asksFor('var.delete', 'name'),
  summary: 'Deletes a variable from a layer: { name, layer?, ifEtag? }',
  perform(input, scope) {
    const name = textField(input, 'name');
    const variable = new WorldVars(scope.state.world).get(name, layerOf(input) ?? 'runtime');
    if (variable === undefined)
      throw new KernelError('VarNotFound', `there is no variable ${name}`, { data: { name } });
    return applyOne({ op: 'delete', name }, input, scope);
  },
};

export const varApply: KernelOperation = {
  name: 'var.apply',
  asks(input) {
    const { changes, preconditions } = changesIn(input);
    return [
      ...changes.map(({ op, name }) => ({ action: `var.${op}`, resource: name })),
      ...preconditions.map(({ name }) => ({ action: 'var.get', resource: name })),
    ];
  },
  summary: 'Changes variables of one layer together: { changes, preconditions?, layer? }',
  perform(input, scope) {
    return apply({ ...changesIn(input), ...layerField(input) }, scope);
  },
};

function changesIn({ changes, preconditions = [] }: StoredObject): Required<Omit<VarApply, 'layer'>> {
  if (!Array.isArray(changes) || !Array.isArray(preconditions)) {
    throw new KernelError('InvalidInput', 'changes and preconditions are lists');
  }
  return {
    changes: changes.map((change) => asChange(objectInput(change as StoredValue))),
    preconditions: preconditions.map((one) => asPrecondition(objectInput(one as StoredValue))),
  };
}

function applyOne(change: VarChange, input: StoredObject, scope: OperationScope): OperationResult {
  const preconditions =
    input.ifEtag === undefined ? [] : [{ name: change.name, etag: etagField(input, 'ifEtag') }];
  return apply({ changes: [change], preconditions, ...layerField(input) }, scope);
}

function apply(input: VarApply, { state, by, position }: OperationScope): OperationResult {
  const event: KernelEvent = { type: 'world.rewritten', v: 1, by, ...planVarApply(state.world, input) };
  const etag = String(position);
  const output: Value = { position, variables: input.changes.map(({ name }) => ({ name, etag })) };
  return { output, events: [event] };
}

function asChange(change: StoredObject): VarChange {
  const name = textField(change, 'name');
  if (change.op === 'delete') return { op: 'delete', name };
  if (change.op !== 'set' || change.value === undefined) {
    throw new KernelError('InvalidInput', 'a change is { op: "set", name, value } or { op: "delete", name }');
  }
  return { op: 'set', name, value: fromStored(change.value), ...metadataField(change) };
}

function asPrecondition(input: StoredObject): VarPrecondition {
  return { name: textField(input, 'name'), etag: etagField(input, 'etag'), ...layerField(input) };
}

function etagField(input: StoredObject, field: string): Etag | null {
  const etag = input[field];
  if (etag === null || typeof etag === 'string') return etag;
  throw new KernelError('InvalidInput', `${field} is an etag or null`, { data: { field } });
}

function metadataField({ metadata }: StoredObject): { readonly metadata?: StoredObject } {
  return metadata === undefined ? {} : { metadata: objectInput(metadata) };
}

/** A layer is checked where it is used. */
function layerOf(input: StoredObject): VarLayer | undefined {
  return input.layer === undefined ? undefined : (textField(input, 'layer') as VarLayer);
}

function layerField(input: StoredObject): { readonly layer?: VarLayer } {
  const layer = layerOf(input);
  return layer === undefined ? {} : { layer };
}
