// Guarantees, on Linux:
// - A path is walked name by name from a folder that is held, and each name is looked up in a folder that is held. No
//   path is looked up a second time, so that nothing can be put in its place between a check and its use.
// - Links are not followed, neither in the middle nor at the end; what a link leads to is never touched.
// - What is refused is so by whichever way: see RefusedPlaces.
// - Whatever a call holds is let go before it returns.

import { isKernelError, KernelError } from '@tksm/abstractions';
import type { Permit } from '@tksm/abstractions';
import { fileError, onFile } from './file-error.ts';
import { HeldObject, identityOf } from './held-object.ts';
import { isOfKernel, isProc } from './kernel-file-systems.ts';
import { NameTurns } from './name-turns.ts';
import { RefusedPlaces } from './refused-places.ts';

export interface TreeOptions {
  /** The folder that `/` stands for. */
  readonly root: string;
  /** Files and folders of the host that nothing is done to, nor to what is in them. */
  readonly refused: readonly string[];
  readonly platform: string;
}

/** The objects below a folder, by absolute paths that begin there. */
export class RootedTree {
  readonly #options: TreeOptions;
  readonly #refused: RefusedPlaces;
  readonly #turns = new NameTurns();

  /** @throws KernelError `PathRefused` for a root that is in what is refused; and as `RefusedPlaces` */
  constructor(options: TreeOptions) {
    this.#options = options;
    const { root, refused, platform } = options;
    this.#refused = new RefusedPlaces(platform === 'linux' ? refused : []);
    if (platform === 'linux') this.#refused.requireOutside(root);
  }

  /**
   * Holds the object at a permitted path while `use` runs. It may be a link, which is held itself.
   *
   * @throws KernelError `FileNotFound`, `FileUnreadable`, `PathRefused`, `UnsupportedOperation`
   */
  async withObject<T>(permit: Permit, path: string, use: (object: HeldObject) => Promise<T>): Promise<T> {
    requirePermitted(permit, path);
    const names = path === '/' ? [] : path.slice(1).split('/');
    return this.#walk(path, names, use);
  }

  /** Holds the folder that a permitted path's last name is in, or is to be in. @throws KernelError as `withObject`; `InvalidOperation` */
  async withFolderOf<T>(
    permit: Permit,
    path: string,
    use: (folder: HeldObject, name: string) => Promise<T>,
  ): Promise<T> {
    requirePermitted(permit, path);
    const names = path.slice(1).split('/');
    const name = names.pop() ?? '';
    if (name === '') throw fileError('InvalidOperation', path, 'is the folder that everything is in');
    return this.#walk(path, names, async (folder) => {
      requireFolder(folder, path);
      this.#requireFree(folder, name, path);
      return use(folder, name);
    });
  }

  /** What has a name in a held folder, or undefined: held while `use` runs. @throws KernelError as `withObject` */
  async withEntry<T>(
    folder: HeldObject,
    name: string,
    path: string,
    use: (object: HeldObject | undefined) => Promise<T>,
  ): Promise<T> {
    const object = await onFile(path, 'look at', async () => folder.entry(name)).catch(missing);
    try {
      if (object !== undefined) await this.#check(object, folder, path);
      return await use(object);
    } finally {
      await object?.close();
    }
  }

  /** Runs when nothing else of this kind is under way at any of the names: see `HeldObject.keyOf`. */
  async inTurn<T>(entries: readonly string[], work: () => Promise<T>): Promise<T> {
    return this.#turns.take(entries, work);
  }

  /** Lets go of what is held between calls. */
  close(): void {
    this.#refused.close();
  }

  /** Whether a name of a held folder, or what has it, is kept from jobs. */
  isRefused(folder: HeldObject, name: string, stats: HeldObject['stats']): boolean {
    return this.#refused.hasEntry(folder.keyOf(name)) || this.#refused.hasObject(identityOf(stats));
  }

  /** @throws KernelError `PathRefused` for what leads to something that is kept from jobs, which may not be there yet */
  requireNoWay(folder: HeldObject, name: string, path: string): void {
    if (this.#refused.isOnTheWay(folder.keyOf(name)))
      throw fileError('PathRefused', path, 'leads to what is kept from jobs');
  }

  async #walk<T>(
    path: string,
    names: readonly string[],
    use: (object: HeldObject) => Promise<T>,
  ): Promise<T> {
    this.#refused.look();
    let object = await this.#root();
    try {
      await this.#check(object, undefined, path);
      for (const name of names) {
        requireFolder(object, path);
        this.#requireFree(object, name, path);
        const folder = object;
        object = await onFile(path, 'look at', async () => folder.entry(name));
        await folder.close();
        await this.#check(object, folder, path);
      }
      return await use(object);
    } finally {
      await object.close();
    }
  }

  #requireFree(folder: HeldObject, name: string, path: string): void {
    if (this.#refused.hasEntry(folder.keyOf(name))) throw kept(path);
  }

  async #check(
    { stats, identity, path: itself }: HeldObject,
    folder: HeldObject | undefined,
    path: string,
  ): Promise<void> {
    if (this.#refused.hasObject(identity)) throw kept(path);
    if (stats.dev === folder?.stats.dev || stats.isSymbolicLink()) return;
    if (await onFile(path, 'look at', async () => isOfKernel(itself)))
      throw fileError('PathRefused', path, 'is in a file system of the operating system itself');
  }

  async #root(): Promise<HeldObject> {
    const { root, platform } = this.#options;
    if (platform !== 'linux' || !(await isProc('/proc').catch(() => false))) {
      throw new KernelError('UnsupportedOperation', `files cannot be reached safely on ${platform}`, {
        data: { platform },
        next: 'run it on Linux, with /proc mounted',
      });
    }
    return onFile('/', 'look at', async () => HeldObject.at(root));
  }
}

/** @throws KernelError `PathRefused` for a link or a device, `FileNotFound` for a file */
function requireFolder({ type }: HeldObject, path: string): void {
  if (type === 'folder') return;
  if (type === 'file') throw fileError('FileNotFound', path, 'leads through a file');
  throw fileError('PathRefused', path, `leads through ${type === 'link' ? 'a link' : 'what is no folder'}`);
}

/** Nothing is walked to that the gate did not allow, whatever an operation is written to do. */
function requirePermitted({ uses }: Permit, path: string): void {
  if (!uses.some((use) => use.path === path)) throw fileError('Internal', path, 'was not asked for');
}

function kept(path: string): Error {
  return fileError('PathRefused', path, 'is in what is kept from jobs');
}

function missing(error: unknown): undefined {
  if (isKernelError(error, 'FileNotFound')) return undefined;
  throw error;
}
