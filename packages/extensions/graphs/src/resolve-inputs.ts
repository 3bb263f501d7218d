import type { Value } from '@tksm/abstractions';
import type { Graph, GraphInput } from './graph.ts';
import { didYouMean } from './nearest-word.ts';
import { realPath } from './real-path.ts';
import { Source } from './source.ts';

/** Folders that relative paths start from. */
export interface PathBases {
  /** Of what the user gives. */
  readonly cwd: string;
  /** Of what the file says. */
  readonly folder: string;
}

/**
 * The inputs of a run: what the user gives as text, else the default, else null.
 *
 * @throws KernelError `InvalidInput` with `data.input` for one that is unknown, missing or of another type;
 * `FileUnreadable`
 */
export function resolveInputs(
  graph: Graph,
  given: Readonly<Record<string, string>>,
  bases: PathBases,
): ReadonlyMap<string, Value> {
  const source = new Source(graph.source);
  for (const name of Object.keys(given)) {
    if (graph.inputs.has(name)) continue;
    const message = `the graph has no input ${name}${didYouMean(name, graph.inputs.keys())}`;
    throw source.problem(1, message, 'InvalidInput', { input: name });
  }
  const values = new Map<string, Value>();
  for (const input of graph.inputs.values()) {
    const text = Object.hasOwn(given, input.name) ? given[input.name] : undefined;
    values.set(
      input.name,
      text === undefined ? fallback(input, bases.folder, source) : typed(input, text, bases.cwd, source),
    );
  }
  return values;
}

function fallback(input: GraphInput, folder: string, source: Source): Value {
  if (input.fallback !== undefined) {
    return input.type === 'path' ? realPath(String(input.fallback), folder) : input.fallback;
  }
  if (input.optional) return null;
  const { name, line } = input;
  throw source.problem(line, `the input ${name} is missing; give it by --input ${name}=…`, 'InvalidInput', {
    input: name,
  });
}

function typed({ name, line, type }: GraphInput, text: string, cwd: string, source: Source): Value {
  const wrong = (): Error =>
    source.problem(line, `the input ${name} is no ${type}: ${text}`, 'InvalidInput', { input: name });
  switch (type) {
    case 'string':
      if (!text.isWellFormed()) throw wrong();
      return text;
    case 'path':
      return realPath(text, cwd);
    case 'number': {
      const value = Number(text);
      if (text.trim() === '' || !Number.isFinite(value)) throw wrong();
      return value;
    }
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw wrong();
      return text === 'true';
  }
}
