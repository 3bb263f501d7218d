import { canonicalJson, toStored } from '@tksm/abstractions';
import type {
  BootContext,
  BootTask,
  Value,
  VarApply,
  VarChange,
  Variable,
  VarLayer,
} from '@tksm/abstractions';
import type { Configuration } from './configuration/configuration.ts';
import type { Environment } from './configuration/load-configuration.ts';

/**
 * The boot tasks that bring the variable layers `environment` and `files` up to date. Only what differs is changed, in
 * one event; nothing is written when nothing differs.
 */
export function layerTasks(configuration: Configuration, env: Environment): readonly BootTask[] {
  return [
    {
      phase: 'vars',
      name: 'variables from the environment',
      run: (context) => bringUpToDate('environment', () => fromEnvironment(configuration, env), context),
    },
    {
      phase: 'config',
      name: 'variables from configuration files',
      run: (context) => bringUpToDate('files', () => fromFiles(configuration), context),
    },
  ];
}

function fromEnvironment({ environment }: Configuration, env: Environment): ReadonlyMap<string, Value> {
  const wanted = new Map<string, Value>();
  for (const [variable, { value: key }] of environment) {
    const value = env[key];
    if (value !== undefined) wanted.set(variable, value);
  }
  return wanted;
}

function fromFiles({ vars }: Configuration): ReadonlyMap<string, Value> {
  return new Map([...vars].map(([name, { value }]) => [name, value]));
}

async function bringUpToDate(
  layer: VarLayer,
  wantedNow: () => ReadonlyMap<string, Value>,
  { kernel, log }: BootContext,
): Promise<void> {
  const current = await kernel.read(({ vars }) => vars.list({ layer }));
  const changes = varChanges(current, wantedNow());
  if (changes.length === 0) return;
  const input: VarApply = { layer, changes };
  await kernel.perform({ kind: 'var.apply', input }, kernel.operator);
  log.log('info', 'brought variables up to date', { layer, changed: changes.length });
}

/** What turns the variables of a layer into those wanted, in the order of their names. */
export function varChanges(
  current: readonly Pick<Variable, 'name' | 'value'>[],
  wanted: ReadonlyMap<string, Value>,
): readonly VarChange[] {
  const before = new Map(current.map(({ name, value }) => [name, textOf(value)]));
  const set = [...wanted]
    .filter(([name, value]) => before.get(name) !== textOf(value))
    .map(([name, value]): VarChange => ({ op: 'set', name, value }));
  const gone = [...before.keys()]
    .filter((name) => !wanted.has(name))
    .map((name): VarChange => ({ op: 'delete', name }));
  return [...set, ...gone].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function textOf(value: Value): string {
  return canonicalJson(toStored(value));
}
