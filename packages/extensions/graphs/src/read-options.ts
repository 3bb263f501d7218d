import { plainOf } from './located.ts';
import type { Located } from './located.ts';
import type { GraphJobOptions } from './graph.ts';
import type { Fields } from './fields.ts';
import type { Source } from './source.ts';

/** What the value of an option looks like. Its range is the kernel's business. */
type Shape = 'number' | 'text' | 'map' | 'list';

const SHAPES: Readonly<Record<keyof GraphJobOptions, Shape>> = {
  version: 'number',
  priority: 'number',
  deadline: 'number',
  timeoutMs: 'number',
  notBefore: 'number',
  retry: 'map',
  affinity: 'map',
  resources: 'list',
  pool: 'text',
  claims: 'list',
  origin: 'text',
  agent: 'text',
  workspace: 'text',
  onDependencyFailure: 'text',
  childPolicy: 'text',
};

export const OPTION_NAMES = Object.keys(SHAPES);

/** @throws KernelError `InvalidInput` */
export function readOptions(fields: Fields, source: Source): GraphJobOptions {
  const options: Record<string, unknown> = {};
  for (const [name, shape] of Object.entries(SHAPES)) {
    const value = fields.get(name);
    if (value === undefined) continue;
    if (shapeOf(value) !== shape) throw source.problem(value.line, `${name} is a ${shape}`);
    options[name] = plainOf(value);
  }
  return options as GraphJobOptions;
}

function shapeOf(value: Located): Shape | undefined {
  if (value.is === 'map' || value.is === 'list') return value.is;
  if (value.is === 'path') return undefined;
  if (typeof value.value === 'number') return 'number';
  return typeof value.value === 'string' ? 'text' : undefined;
}
