/**
 * A validator of any library that follows Standard Schema (zod, valibot, arktype …).
 *
 * Source: https://standardschema.dev, version 1.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
    /** Standard JSON Schema, where the library has it. */
    readonly jsonSchema?:
      { readonly input: (options: { readonly target: 'draft-2020-12' }) => object } | undefined;
  };
}

export type SchemaResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/**
 * A schema that is loaded when it is first needed, so that a validator's import does not count in a start. Its first
 * check answers with a promise; once loaded it answers as the schema behind it does.
 */
export function deferredSchema<Output>(
  vendor: string,
  load: () => Promise<StandardSchema<unknown, Output>>,
): StandardSchema<unknown, Output> {
  let loaded: StandardSchema<unknown, Output> | undefined;
  let loading: Promise<StandardSchema<unknown, Output>> | undefined;
  const validate = (value: unknown): SchemaResult<Output> | Promise<SchemaResult<Output>> => {
    if (loaded !== undefined) return loaded['~standard'].validate(value);
    loading ??= load().then((schema) => (loaded = schema));
    return loading.then((schema) => schema['~standard'].validate(value));
  };
  return {
    '~standard': {
      ...{ version: 1, vendor, validate },
      get jsonSchema() {
        return loaded?.['~standard'].jsonSchema;
      },
    },
  };
}
