// Guarantees:
// - What was refused once stays so: the object, by device and inode, and its name in its folder, whatever has it.
// - It is held until `close`, so that nothing new gets the inode of what is no more.
// - Of a path that leads to nothing yet, the first name that is missing is refused, and the object once there is one.
// - Nothing on the way can be turned elsewhere: links are refused as the object is, folders are not to be deleted.

import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { KernelError } from '@tksm/abstractions';
import { asFileError } from './file-error.ts';
import { identityOf, O_PATH } from './held-object.ts';
import { stepsOf } from './host-path.ts';

/** Files and folders of the host that nothing is done to, nor to what is in them. */
export class RefusedPlaces {
  readonly #objects = new Set<string>();
  /** Descriptors, one for each object. */
  readonly #held: number[] = [];
  readonly #entries = new Set<string>();
  readonly #ways = new Set<string>();
  /** Paths that led to nothing so far. */
  #unseen: readonly string[];

  /** @throws KernelError as `look` */
  constructor(paths: readonly string[]) {
    this.#unseen = paths;
    this.look();
  }

  /** Looks for what was not there before. @throws KernelError `FileUnreadable`, `InvalidInput`, `StorageFailed` */
  look(): void {
    this.#unseen = this.#unseen.filter((path) => !this.#keep(path));
  }

  /** Lets go of what is held; it stays refused. */
  close(): void {
    for (const descriptor of this.#held.splice(0)) closeSync(descriptor);
  }

  hasObject(identity: string): boolean {
    return this.#objects.has(identity);
  }

  hasEntry(entry: string): boolean {
    return this.#entries.has(entry);
  }

  /** Whether a name leads to what is refused. */
  isOnTheWay(entry: string): boolean {
    return this.#ways.has(entry);
  }

  /** @throws KernelError `PathRefused` when a folder is refused, or in one that is; and as `look` */
  requireOutside(path: string): void {
    const isInside = onHost(path, () => [...stepsOf(path)]).some(
      ({ entry, object, role }) =>
        role !== 'link' &&
        ((object !== undefined && this.hasObject(object)) || (entry !== undefined && this.hasEntry(entry))),
    );
    if (!isInside) return;
    this.close();
    throw new KernelError('PathRefused', `the root ${path} is in what is kept from jobs`, {
      data: { path },
      next: 'take a root that is outside of what is refused',
    });
  }

  /** Keeps what a path leads to; false when there is nothing. */
  #keep(path: string): boolean {
    const found = onHost(path, () => [...stepsOf(path)]);
    for (const { entry, at, role } of found) {
      if (role === 'way') {
        if (entry !== undefined) this.#ways.add(entry);
        continue;
      }
      if (entry !== undefined) this.#entries.add(entry);
      if (at !== undefined) onHost(path, () => this.#hold(at));
    }
    return found.at(-1)?.role !== 'missing';
  }

  #hold(path: string): void {
    const descriptor = openSync(path, O_PATH | constants.O_NOFOLLOW);
    const identity = identityOf(fstatSync(descriptor, { bigint: true }));
    if (this.#objects.has(identity)) return closeSync(descriptor);
    this.#objects.add(identity);
    this.#held.push(descriptor);
  }
}

function onHost<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asFileError(error, 'look at', path);
  }
}
