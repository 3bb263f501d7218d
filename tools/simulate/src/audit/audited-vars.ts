// Variables by layer, as the rewrites in the log make them: values, versions and etags at any position of the past. It knows
// the keys of the world, and shares no code with the kernel's VarStore.

import { canonicalJson, toStored, VAR_LAYERS } from '@tksm/abstractions';
import type { Rewrite, StoredValue, Variable, VarLayer, VarStore } from '@tksm/abstractions';
import { mustHold, Violation } from './violation.ts';

interface AuditedVar {
  readonly name: string;
  readonly layer: VarLayer;
  readonly value: StoredValue;
  readonly version: number;
  /** Position of the rewrite: its etag. */
  readonly position: number;
}

/** A variable from a position on; without one it was deleted there. */
interface Change {
  readonly position: number;
  readonly became: AuditedVar | undefined;
}

/** What a command asked for. */
export interface AskedWrite {
  readonly layer: VarLayer;
  /** Values by name; undefined deletes. */
  readonly writes: readonly (readonly [name: string, value: StoredValue | undefined])[];
  /** Etags that were expected, or null where nothing was. */
  readonly expected: readonly {
    readonly name: string;
    readonly layer: VarLayer;
    readonly etag: string | null;
  }[];
}

/** All variables that a kernel showed at one position. */
export interface ShownVars {
  readonly position: number;
  readonly layers: readonly (readonly Variable[])[];
  readonly effective: readonly Variable[];
  /** The same, asked for one by one. */
  readonly named: readonly Variable[];
}

export class AuditedVars {
  /** Changes of each variable of each layer, in order. */
  readonly #changes = new Map<string, Change[]>();

  rewrite({ puts = [], deletes = [] }: Rewrite, position: number): void {
    for (const key of deletes) this.#change(key, position, undefined);
    for (const [key, value] of puts) this.#change(key, position, (value as { value: StoredValue }).value);
  }

  /** The etag that a variable of a layer has after everything so far. */
  etag(layer: VarLayer, name: string): string | null {
    return etagOf(this.#at(layer, name, Number.POSITIVE_INFINITY));
  }

  /** What a variable of a layer is after everything so far. */
  now(layer: VarLayer, name: string): StoredValue | undefined {
    return this.#changes.get(keyOf(layer, name))?.at(-1)?.became?.value;
  }

  /** The first etag that it ever had. */
  firstEtag(layer: VarLayer, name: string): string | null {
    return etagOf(this.#changes.get(keyOf(layer, name))?.[0]?.became);
  }

  /** A write that was acknowledged at a position happened there, as it was asked for, and under its preconditions. */
  checkWrite({ layer, writes, expected }: AskedWrite, position: number): void {
    for (const one of expected) {
      const etag = etagOf(this.#at(one.layer, one.name, position));
      const message = `the write at ${position} expected ${one.name} to be ${one.etag ?? 'absent'}`;
      mustHold('vars-precondition', etag === one.etag, `${message}, it was ${etag ?? 'absent'}`);
    }
    for (const [name, value] of writes) {
      const found = this.#at(layer, name, position + 1);
      const isThere = value === undefined ? found === undefined : found?.position === position;
      const isWritten = isThere && same(found?.value, value);
      mustHold('vars-written', isWritten, `${layer} ${name} is not what was acknowledged at ${position}`);
    }
  }

  /** A precondition was refused: the variable had this etag once, durably. */
  checkRefusal(name: string, actual: string | null): void {
    if (actual === null) return;
    const had = VAR_LAYERS.some((layer) =>
      this.#changes.get(keyOf(layer, name))?.some(({ became }) => etagOf(became) === actual),
    );
    mustHold('refusals-are-durable', had, `${name} was said to have etag ${actual}, which it never had`);
  }

  /** What a kernel showed at a position is what the log says of it. */
  checkShown({ position, layers, effective, named }: ShownVars): void {
    const names = new Set<string>();
    for (const [index, layer] of VAR_LAYERS.entries()) {
      const expected = this.#list(layer, position);
      for (const { name } of expected) names.add(name);
      compare(expected, layers[index] ?? [], `${layer} at ${position}`);
    }
    const strongest = [...names].sort().flatMap((name) => {
      const found = VAR_LAYERS.map((layer) => this.#at(layer, name, position));
      return found.findLast((variable) => variable !== undefined) ?? [];
    });
    compare(strongest, effective, `all layers at ${position}`);
    compare(strongest, named, `names at ${position}`);
  }

  #change(key: string, position: number, value: StoredValue | undefined): void {
    const [root, layer, ...rest] = key.split('/');
    if (root !== 'var') return;
    const changes = this.#changes.get(key) ?? [];
    this.#changes.set(key, changes);
    const version = (changes.at(-1)?.became?.version ?? 0) + 1;
    const named = { name: rest.join('/'), layer: layer as VarLayer };
    changes.push({
      position,
      became: value === undefined ? undefined : { ...named, value, version, position },
    });
  }

  /** A variable after the first `before` events. */
  #at(layer: VarLayer, name: string, before: number): AuditedVar | undefined {
    return this.#changes.get(keyOf(layer, name))?.findLast(({ position }) => position < before)?.became;
  }

  #list(layer: VarLayer, before: number): AuditedVar[] {
    const prefix = keyOf(layer, '');
    return [...this.#changes.keys()]
      .filter((key) => key.startsWith(prefix))
      .sort()
      .flatMap((key) => this.#at(layer, key.slice(prefix.length), before) ?? []);
  }
}

/** Everything that a store shows, by layer and over all. */
export function shownVars(vars: VarStore, position: number): ShownVars {
  const effective = vars.list();
  const named = effective.flatMap(({ name }) => vars.get(name) ?? []);
  return { position, layers: VAR_LAYERS.map((layer) => vars.list({ layer })), effective, named };
}

function compare(expected: readonly AuditedVar[], shown: readonly Variable[], where: string): void {
  const isAsLogged =
    expected.length === shown.length && expected.every((variable, n) => isSame(variable, shown[n]));
  if (isAsLogged) return;
  const text = ({ name, layer, value, version, position }: AuditedVar | Variable): string =>
    canonicalJson([name, layer, toStored(value), version, position]);
  const [audited, actual] = [expected.map(text).join(' '), shown.map(text).join(' ')];
  throw new Violation('vars-as-logged', `${where}: shown ${actual}, logged ${audited}`);
}

function isSame({ name, layer, value, version, position }: AuditedVar, shown: Variable | undefined): boolean {
  const isSameWrite = shown?.position === position && shown.version === version;
  if (!isSameWrite || shown.name !== name || shown.layer !== layer || shown.etag !== String(position))
    return false;
  return shown.value === value || canonicalJson(toStored(shown.value)) === canonicalJson(value);
}

function keyOf(layer: string, name: string): string {
  return `var/${layer}/${name}`;
}

function etagOf(variable: AuditedVar | undefined): string | null {
  return variable === undefined ? null : String(variable.position);
}

function same(a: StoredValue | undefined, b: StoredValue | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
