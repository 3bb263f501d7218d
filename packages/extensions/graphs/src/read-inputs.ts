import { Fields, mapOf } from './fields.ts';
import { INPUT_TYPES } from './graph.ts';
import type { GraphInput, InputType } from './graph.ts';
import type { Located } from './located.ts';
import type { Source } from './source.ts';

const FIELDS = ['type', 'optional', 'default', 'summary'];
const NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

/** Reads the part `inputs`. @throws KernelError `InvalidInput` */
export function readInputs(value: Located | undefined, source: Source): Map<string, GraphInput> {
  if (value === undefined) return new Map();
  const inputs = new Map<string, GraphInput>();
  for (const [name, definition] of mapOf(value, 'inputs', source).entries) {
    if (!NAME.test(name)) throw source.problem(definition.line, `${name} is no name of an input`);
    inputs.set(name, readInput(name, definition, source));
  }
  return inputs;
}

function readInput(name: string, value: Located, source: Source): GraphInput {
  const fields = new Fields(value, `the input ${name}`, FIELDS, source);
  const type = typeOf(fields, source);
  const fallback = fallbackOf(fields, type, source);
  const summary = fields.text('summary');
  const optional = (fields.flag('optional') ?? false) || fallback !== undefined;
  const line = fields.line;
  return {
    name,
    line,
    type,
    optional,
    ...(fallback !== undefined && { fallback }),
    ...(summary !== undefined && { summary }),
  };
}

function typeOf(fields: Fields, source: Source): InputType {
  const text = fields.text('type') ?? 'string';
  const type = INPUT_TYPES.find((candidate) => candidate === text);
  if (type === undefined) {
    const line = fields.get('type')?.line ?? fields.line;
    throw source.problem(line, `${text} is no type of an input; there are ${INPUT_TYPES.join(', ')}`);
  }
  return type;
}

function fallbackOf(fields: Fields, type: InputType, source: Source): string | number | boolean | undefined {
  const value = fields.get('default');
  if (value === undefined) return undefined;
  const found = value.is === 'path' ? value.text : value.is === 'scalar' ? value.value : undefined;
  const wanted = type === 'path' ? 'string' : type;
  if (found === null || found === undefined || typeof found !== wanted) {
    throw source.problem(value.line, `the default is no ${type}`);
  }
  return found;
}
