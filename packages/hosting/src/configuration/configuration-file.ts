import { KernelError, toStored } from '@tksm/abstractions';
import type { Value } from '@tksm/abstractions';
import type { Settings } from './configuration.ts';
import { declaredKey, MAX_ENVIRONMENT_KEYS } from './environment-keys.ts';
import { SETTING_RULES } from './setting-rules.ts';

/** What a configuration file says. */
export interface FileLayer {
  readonly settings: Partial<Settings>;
  readonly environment: ReadonlyMap<string, string>;
  readonly vars: ReadonlyMap<string, Value>;
}

/** Variables that a file may set. */
const MAX_VARS = 1_000;

/** @throws KernelError `InvalidInput` with `data.source` (the file) and `data.field` */
export async function parseConfigurationFile(text: string, file: string): Promise<FileLayer> {
  const { z } = await import('zod');
  const settings = Object.entries(SETTING_RULES).map(([name, { fits, expects }]) => [
    name,
    z.custom((value) => fits(value), `must be ${expects}`).optional(),
  ]);
  const schema = z.strictObject({
    ...(Object.fromEntries(settings) as Record<keyof Settings, ReturnType<typeof z.unknown>>),
    $schema: z.string().optional(),
    environment: z.array(z.string()).max(MAX_ENVIRONMENT_KEYS).optional(),
    vars: z
      .record(z.string().min(1).max(256), z.unknown())
      .refine((vars) => Object.keys(vars).length <= MAX_VARS, `has more than ${MAX_VARS} variables`)
      .optional(),
  });
  const checked = schema.safeParse(parseJson(text, file));
  if (!checked.success) {
    const [{ path, message } = { path: [], message: 'is not valid' }] = checked.error.issues;
    throw problem(file, path.map(String).join('.'), message);
  }
  const { environment = [], vars = {}, $schema: _, ...values } = checked.data;
  return {
    settings: values as Partial<Settings>,
    environment: new Map(environment.map((declaration) => declaredKey(declaration, file))),
    vars: new Map(Object.entries(vars).map(([name, value]) => [name, storable(value, name, file)])),
  };
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw problem(file, '', `is not JSON: ${cause instanceof Error ? cause.message : ''}`, cause);
  }
}

function storable(value: unknown, name: string, file: string): Value {
  try {
    return toStored(value);
  } catch (cause) {
    throw problem(file, `vars.${name}`, cause instanceof Error ? cause.message : 'cannot be stored', cause);
  }
}

function problem(source: string, field: string, what: string, cause?: unknown): KernelError {
  const place = field === '' ? source : `${source}: ${field}`;
  return new KernelError('InvalidInput', `${place}: ${what}`, { data: { source, field }, cause });
}
