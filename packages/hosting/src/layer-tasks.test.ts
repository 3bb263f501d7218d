import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noLogger } from '@tksm/abstractions';
import type { BootingKernel, Command, StateReader, Value, VarApply, VarLayer } from '@tksm/abstractions';
import { loadConfiguration } from './configuration/load-configuration.ts';
import type { Environment } from './configuration/load-configuration.ts';
import { layerTasks, varChanges } from './layer-tasks.ts';

/** A kernel with variables and nothing else. */
function bareKernel(): BootingKernel & { readonly applied: VarApply[] } {
  const layers = new Map<VarLayer, Map<string, Value>>();
  const applied: VarApply[] = [];
  const layerOf = (layer: VarLayer = 'runtime'): Map<string, Value> => {
    const vars = layers.get(layer) ?? new Map<string, Value>();
    layers.set(layer, vars);
    return vars;
  };
  const list = ({ layer }: { readonly layer: VarLayer }): unknown =>
    [...layerOf(layer)].map(([name, value]) => ({ name, value, layer }));
  return {
    applied,
    operator: { id: 'operator' } as unknown as BootingKernel['operator'],
    read: async (query) => query({ vars: { list } } as unknown as StateReader),
    perform: async ({ input }: Command<unknown>) => {
      const apply = input as VarApply;
      applied.push(apply);
      for (const change of apply.changes) {
        if (change.op === 'set') layerOf(apply.layer).set(change.name, change.value);
        else layerOf(apply.layer).delete(change.name);
      }
      return { class: 'operation', output: null, position: 0 };
    },
  };
}

async function boot(kernel: BootingKernel, file: unknown, env: Environment): Promise<void> {
  const readFile = async (path: string): Promise<string | undefined> =>
    path === '/tksm.config.json' ? JSON.stringify(file) : undefined;
  const configuration = await loadConfiguration({ env: {}, cwd: '/', home: '/home', readFile });
  for (const task of layerTasks(configuration, env)) {
    await task.run({ log: noLogger, signal: new AbortController().signal, kernel });
  }
}

describe('layerTasks', () => {
  it('writes what differs, and nothing when nothing does', async () => {
    const kernel = bareKernel();
    const file = { environment: ['HOME', 'GONE'], vars: { size: 1 } };
    await boot(kernel, file, { HOME: '/me', OTHER: 'x' });
    expect(kernel.applied.splice(0)).toEqual([
      { layer: 'environment', changes: [{ op: 'set', name: 'env.HOME', value: '/me' }] },
      { layer: 'files', changes: [{ op: 'set', name: 'size', value: 1 }] },
    ]);
    await boot(kernel, file, { HOME: '/me', OTHER: 'y' });
    expect(kernel.applied).toEqual([]);
    await boot(kernel, { environment: ['GONE'], vars: { size: 2 } }, { HOME: '/me', GONE: '' });
    expect(kernel.applied).toEqual([
      {
        layer: 'environment',
        changes: [
          { op: 'set', name: 'env.GONE', value: '' },
          { op: 'delete', name: 'env.HOME' },
        ],
      },
      { layer: 'files', changes: [{ op: 'set', name: 'size', value: 2 }] },
    ]);
  });
});

describe('varChanges', () => {
  const variables = fc.dictionary(
    fc.string({ minLength: 1, maxLength: 3 }),
    fc.oneof(
      fc.string(),
      fc.nat(),
      fc.boolean(),
      fc.uint8Array({ maxLength: 4 }),
      fc.constant({ a: 1, b: 2 }),
    ),
  );

  it('turns what is into what is wanted, and then has nothing left to change', () => {
    fc.assert(
      fc.property(variables, variables, (before, after) => {
        const state = new Map(Object.entries(before));
        const wanted = new Map<string, Value>(Object.entries(after));
        const current = (): { name: string; value: Value }[] =>
          [...state].map(([name, value]) => ({ name, value }));
        for (const change of varChanges(current(), wanted)) {
          if (change.op === 'delete') state.delete(change.name);
          else state.set(change.name, change.value as string);
        }
        expect(new Map(state)).toEqual(wanted);
        expect(varChanges(current(), wanted)).toEqual([]);
      }),
    );
  });

  it('takes equal values of another key order for the same', () => {
    expect(varChanges([{ name: 'a', value: { x: 1, y: 2 } }], new Map([['a', { y: 2, x: 1 }]]))).toEqual([]);
  });
});
