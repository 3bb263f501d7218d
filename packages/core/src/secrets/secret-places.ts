import type { AnyKind, StandardSchema } from '@tksm/abstractions';

type Schema = Readonly<Record<string, unknown>>;
type Secretive = Pick<AnyKind, 'input' | 'secrets'>;

/** Deepest nesting of a schema that is looked at. */
const MAX_DEPTH = 32;
const NONE: readonly string[] = [];
const found = new WeakMap<object, readonly string[]>();

/** JSON pointers to the secrets of a kind's input: those it names, and those its schema marks. */
export function secretPlaces(kind: Secretive): readonly string[] {
  const known = found.get(kind);
  if (known !== undefined) return known;
  const schema = kind.input && jsonSchemaOf(kind.input);
  const marked = schema === undefined ? NONE : [...markedIn(schema, '', schema, 0)];
  const places = [...new Set([...(kind.secrets ?? []), ...marked])];
  // A schema that is loaded when it is first needed shows nothing before.
  if (kind.input === undefined || schema !== undefined) found.set(kind, places);
  return places;
}

/**
 * A schema as JSON Schema, where its library can say so; undefined where it cannot.
 *
 * Source: Standard JSON Schema, https://standardschema.dev/json-schema.
 */
function jsonSchemaOf(schema: StandardSchema): Schema | undefined {
  try {
    const options = { target: 'draft-2020-12', libraryOptions: { unrepresentable: 'any' } } as const;
    return schema['~standard'].jsonSchema?.input(options) as Schema | undefined;
  } catch {
    return undefined;
  }
}

/** Pointers to what is `writeOnly`, or marked `secret`. */
function* markedIn(schema: unknown, at: string, root: Schema, depth: number): Generator<string> {
  if (typeof schema !== 'object' || schema === null || depth > MAX_DEPTH) return;
  const { writeOnly, secret, properties, items, prefixItems, additionalProperties, $ref } = schema as Schema;
  if (writeOnly === true || secret === true) {
    yield at;
    return;
  }
  for (const [key, inner] of Object.entries(properties ?? {})) {
    yield* markedIn(inner, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, root, depth + 1);
  }
  for (const [index, inner] of listOf(prefixItems).entries())
    yield* markedIn(inner, `${at}/${index}`, root, depth + 1);
  for (const inner of [items, additionalProperties]) yield* markedIn(inner, `${at}/*`, root, depth + 1);
  for (const choice of ['anyOf', 'oneOf', 'allOf'] as const) {
    for (const inner of listOf((schema as Schema)[choice])) yield* markedIn(inner, at, root, depth + 1);
  }
  if (typeof $ref === 'string') yield* markedIn(referred(root, $ref), at, root, depth + 1);
}

function referred(root: Schema, ref: string): unknown {
  const name = /^#\/\$defs\/(.+)$/.exec(ref)?.[1];
  return ref === '#' ? root : name === undefined ? undefined : (root['$defs'] as Schema | undefined)?.[name];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
