import { isKernelError, toStored } from '@tksm/abstractions';
import type { KernelEvent, Logger, Variable, WorldView } from '@tksm/abstractions';
import { parseVarKey, WorldVars } from '../vars/world-vars.ts';
import { SETTING_PREFIX } from './setting.ts';
import type { Setting } from './setting.ts';

/**
 * The settings of a kernel as they are now: read from the variables, kept parsed until one of them changes. A value that
 * does not fit, such as one of another release, counts as absent and is reported: it was refused when it was set here.
 */
export class Settings {
  readonly #world: WorldView;
  readonly #logger: Logger;
  readonly #values = new Map<Setting<unknown>, ReadonlyMap<string, unknown>>();
  readonly #listeners: (() => void)[] = [];

  constructor(world: WorldView, logger: Logger) {
    this.#world = world;
    this.#logger = logger;
  }

  get<T>(setting: Setting<T>): T {
    const all = this.all(setting);
    return all.has('') ? (all.get('') as T) : setting.fallback;
  }

  /** The setting of a family under a key. */
  of<T>(family: Setting<T>, key: string): T {
    const all = this.all(family);
    return all.size > 0 && all.has(key) ? (all.get(key) as T) : family.fallback;
  }

  /** Every member of a family that has a value, by key; a setting of its own stands under the empty key. */
  all<T>(setting: Setting<T>): ReadonlyMap<string, T> {
    let known = this.#values.get(setting);
    if (known === undefined) this.#values.set(setting, (known = this.#read(setting)));
    return known as ReadonlyMap<string, T>;
  }

  /** Is told after settings changed. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Takes in an event that was just applied. */
  observe(event: KernelEvent): void {
    if (event.type !== 'world.rewritten' || !touchesSettings(event.rewrite)) return;
    this.#values.clear();
    for (const listener of this.#listeners) listener();
  }

  #read<T>(setting: Setting<T>): ReadonlyMap<string, T> {
    const vars = new WorldVars(this.#world);
    const isFamily = setting.name.endsWith('.');
    const own = isFamily ? undefined : vars.get(setting.name);
    const found = isFamily ? vars.list({ prefix: setting.name }) : own === undefined ? [] : [own];
    const values = new Map<string, T>();
    for (const variable of found) {
      const parsed = this.#parsed(setting, variable);
      if (parsed !== undefined) values.set(variable.name.slice(setting.name.length), parsed.value);
    }
    return values;
  }

  #parsed<T>(setting: Setting<T>, { name, value }: Variable): { readonly value: T } | undefined {
    try {
      return { value: setting.parse(toStored(value)) };
    } catch (thrown) {
      if (!isKernelError(thrown)) throw thrown;
      this.#logger.log('warn', 'a setting does not fit and is passed over', {
        name,
        message: thrown.message,
      });
      return undefined;
    }
  }
}

function touchesSettings({
  puts = [],
  deletes = [],
}: Extract<KernelEvent, { type: 'world.rewritten' }>['rewrite']): boolean {
  const isSetting = (key: string): boolean => parseVarKey(key)?.name.startsWith(SETTING_PREFIX) ?? false;
  return puts.some(([key]) => isSetting(key)) || deletes.some(isSetting);
}
