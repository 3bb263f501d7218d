/** A typed name under which one thing is registered and resolved. Two tokens with one name are the same token, so a package installed twice still meets itself. */
export interface Token<T> {
  readonly name: string;
  /** Carries the type only; never present at run time. */
  readonly type?: (value: T) => T;
}

/** Makes a token. Names are `package.thing`, for example `core.kernel`. */
export function token<T>(name: string): Token<T> {
  return Object.freeze({ name });
}
