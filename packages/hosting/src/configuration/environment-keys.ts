import { isSecretName, KernelError } from '@tksm/abstractions';

const KEY = /^[A-Za-z_][A-Za-z0-9_]*$/;
const VARIABLE = /^[^\s=,]{1,256}$/;
/** Most keys that a process may declare. */
export const MAX_ENVIRONMENT_KEYS = 1_000;

/**
 * Reads a declaration: `KEY` goes to the variable `env.KEY`, `name=KEY` to `name`.
 *
 * @throws KernelError `InvalidInput` for what is no key, and for one whose name is that of a secret: the log keeps for
 * ever what enters it
 */
export function declaredKey(declaration: string, source: string): readonly [variable: string, key: string] {
  const at = declaration.indexOf('=');
  const key = declaration.slice(at + 1);
  const variable = at < 0 ? `env.${key}` : declaration.slice(0, at);
  const problem = (what: string, next?: string): KernelError =>
    new KernelError('InvalidInput', `${source}: environment: ${JSON.stringify(declaration)} ${what}`, {
      data: { source, field: 'environment' },
      ...(next === undefined ? {} : { next }),
    });
  if (!KEY.test(key) || !VARIABLE.test(variable)) throw problem('is neither KEY nor variable=KEY');
  if (isSecretName(key)) throw problem('looks like a secret', 'name it as a secretRef where it is used');
  return [variable, key];
}
