import { lstatSync, readlinkSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { KernelError } from '@tksm/abstractions';
import { entryKey, identityOf } from './held-object.ts';

/** Most links that a path may lead through, as Linux has it. */
const MAX_LINKS = 40;

/** One thing that a path leads to on its way. */
export interface PathStep {
  /** The name, and the folder that it is in; none for the root of the machine and for what a last `..` leads to. */
  readonly entry?: string;
  /** Leads to what has the name; undefined when nothing has. */
  readonly at?: string;
  readonly object?: string;
  readonly role: 'way' | 'link' | 'missing' | 'end';
}

/** What a path of the host leads through, name by name, links followed, up to the first name that is missing. */
export function* stepsOf(path: string): Generator<PathStep, void> {
  const names = namesOf(isAbsolute(path) ? path : `${process.cwd()}/${path}`);
  let [folder, links] = ['/', 0];
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    if (name === '..') {
      folder = dirname(folder);
      continue;
    }
    const entry = entryKey(identityOf(lstatSync(folder, { bigint: true })), name);
    const at = join(folder, name);
    const found = lstatSync(at, { bigint: true, throwIfNoEntry: false });
    if (found === undefined) return yield { entry, role: 'missing' };
    yield { entry, at, object: identityOf(found), role: roleOf(found, names) };
    if (!found.isSymbolicLink()) {
      folder = at;
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) throw new KernelError('InvalidInput', `${path} leads through too many links`);
    const target = readlinkSync(at);
    if (isAbsolute(target)) folder = '/';
    names.unshift(...namesOf(target));
  }
  yield { at: folder, object: identityOf(lstatSync(folder, { bigint: true })), role: 'end' };
}

function roleOf(found: BigIntStats, rest: readonly string[]): PathStep['role'] {
  if (found.isSymbolicLink()) return 'link';
  return rest.length === 0 ? 'end' : 'way';
}

function namesOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}
