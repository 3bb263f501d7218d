import { KernelError, toStored, VAR_LAYERS } from '@tksm/abstractions';
import type { Fact, Rewrite, StoredValue, VarApply, VarLayer, WorldView } from '@tksm/abstractions';
import { refuseClearSecretVariable } from '../secrets/clear-secrets.ts';
import { checkSetting } from '../settings/known-settings.ts';
import { etagOf, varKey } from './world-vars.ts';

/** Bounds of an apply. */
const VAR_LIMITS = Object.freeze({ maxNameLength: 256, maxChanges: 1_000 });

const CONTROL = /\p{Cc}/u;

/** What an apply comes to: its rewrite, and the fact that explains it. */
export interface VarPlan {
  readonly rewrite: Rewrite;
  readonly fact: Fact;
}

/**
 * Decides an atomic apply: every precondition holds, or nothing happens.
 *
 * @throws KernelError `PreconditionFailed` with `data.name` and `data.actual`, `InvalidInput`, `InvalidValue`,
 * `SecretInClear`
 */
export function planVarApply(world: WorldView, input: VarApply): VarPlan {
  const layer = checkedLayer(input.layer);
  if (input.changes.length === 0 || input.changes.length > VAR_LIMITS.maxChanges) {
    throw new KernelError('InvalidInput', `an apply has 1 to ${VAR_LIMITS.maxChanges} changes`);
  }
  for (const { name, layer: of, etag } of input.preconditions ?? []) {
    const entry = world.get(varKey(checkedLayer(of ?? layer), checkedName(name)));
    const actual = entry === undefined ? null : etagOf(entry);
    if (actual !== etag) {
      const message = `${name} has ${actual === null ? 'no value' : `etag ${actual}`}, expected ${etag ?? 'none'}`;
      throw new KernelError('PreconditionFailed', message, { data: { name, expected: etag, actual } });
    }
  }
  const puts: [string, StoredValue][] = [];
  const deletes: string[] = [];
  const names = new Set<string>();
  for (const change of input.changes) {
    const key = varKey(layer, checkedName(change.name));
    if (names.has(change.name))
      throw new KernelError('InvalidInput', `${change.name} is changed twice in one apply`);
    names.add(change.name);
    if (change.op === 'delete') deletes.push(key);
    else puts.push([key, storedVariable(change.name, change.value, change.metadata)]);
  }
  const rewrite = { ...(puts.length > 0 && { puts }), ...(deletes.length > 0 && { deletes }) };
  return { rewrite, fact: { name: 'var.committed', data: { layer, names: [...names] } } };
}

function storedVariable(name: string, given: unknown, metadata: unknown): StoredValue {
  const value = toStored(given);
  refuseClearSecretVariable(name, value);
  checkSetting(name, value);
  return metadata === undefined ? { value } : { value, metadata: toStored(metadata) };
}

function checkedName(name: unknown): string {
  const fits = typeof name === 'string' && name.length > 0 && name.length <= VAR_LIMITS.maxNameLength;
  if (!fits || CONTROL.test(name)) {
    const limit = VAR_LIMITS.maxNameLength;
    throw new KernelError(
      'InvalidInput',
      `a variable's name has 1 to ${limit} characters, none of them control`,
    );
  }
  toStored(name);
  return name;
}

function checkedLayer(layer: unknown): VarLayer {
  const found = VAR_LAYERS.find((known) => known === (layer ?? 'runtime'));
  if (found === undefined)
    throw new KernelError('InvalidInput', `a layer is one of ${VAR_LAYERS.join(', ')}`);
  return found;
}
