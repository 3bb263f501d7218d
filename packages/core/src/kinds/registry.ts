import { isSystemKind, KernelError, kindName, RINGS } from '@tksm/abstractions';
import { rateOf } from '../settings/rate.ts';
import type { AnyKind, Logger, OperationKind, Ring, TaskKind } from '@tksm/abstractions';

/** @throws KernelError `InvalidSpec` */
function checkRate({ name, rateLimit }: Pick<TaskKind, 'name' | 'rateLimit'>): void {
  try {
    if (rateLimit !== undefined) rateOf({ ...rateLimit });
  } catch (cause) {
    const data = { field: 'rateLimit' };
    throw new KernelError('InvalidSpec', `the rateLimit of ${name} is no rate: { perSecond, burst }`, {
      data,
      cause,
    });
  }
}

/** @throws KernelError `InvalidSpec` */
function checkConcurrency({ name, concurrency = 1 }: Pick<TaskKind, 'name' | 'concurrency'>): void {
  if (Number.isSafeInteger(concurrency) && concurrency > 0) return;
  const data = { field: 'concurrency' };
  throw new KernelError('InvalidSpec', `the concurrency of ${name} is not a whole number from 1`, { data });
}

/** Version of a kind that names none. */
export const FIRST_VERSION = 1;

/** The kinds that a kernel knows, by name and version. */
export class KindRegistry {
  readonly #kinds = new Map<string, Map<number, AnyKind>>();
  readonly #newest = new Map<string, AnyKind>();

  /** @throws KernelError `InvalidSpec` for a taken name and version, or one that is the kernel's own */
  register(kind: AnyKind): void {
    kindName(kind.name);
    const version = kind.version ?? FIRST_VERSION;
    if (!Number.isSafeInteger(version) || version < 1) {
      throw new KernelError('InvalidSpec', `the version of ${kind.name} is not a whole number from 1`);
    }
    if (isSystemKind(kind.name))
      throw new KernelError('InvalidSpec', `${kind.name} is a name of the kernel's own`);
    if (kind.class === 'task') {
      checkRate(kind);
      checkConcurrency(kind);
    }
    let versions = this.#kinds.get(kind.name);
    if (versions === undefined) this.#kinds.set(kind.name, (versions = new Map<number, AnyKind>()));
    if (versions.has(version))
      throw new KernelError('InvalidSpec', `${kind.name} version ${version} is registered twice`);
    versions.set(version, kind);
    const { version: newest = FIRST_VERSION } = this.#newest.get(kind.name) ?? {};
    if (version >= newest) this.#newest.set(kind.name, kind);
  }

  /** Ends what the kinds keep between their jobs. One that cannot be closed is reported. */
  async close(logger: Logger): Promise<void> {
    for (const kind of this.list()) {
      if (kind.class !== 'task') continue;
      try {
        await kind.close?.();
      } catch (error) {
        logger.log('warn', 'a kind could not be closed', { kind: kind.name, message: String(error) });
      }
    }
  }

  list(): AnyKind[] {
    return [...this.#kinds.values()].flatMap((versions) => [...versions.values()]);
  }

  /** A kind by name, of a version or the newest. @throws KernelError `UnsupportedOperation` */
  resolve(name: string, version?: number): TaskKind | OperationKind {
    const kind = version === undefined ? this.#newest.get(name) : this.#kinds.get(name)?.get(version);
    if (kind === undefined) {
      const data = version === undefined ? { kind: name } : { kind: name, version };
      throw new KernelError(
        'UnsupportedOperation',
        `no kind ${name}${version ? ` version ${version}` : ''}`,
        { data },
      );
    }
    return kind as unknown as TaskKind | OperationKind;
  }

  /** The outermost ring that a kind is for, by its newest version. */
  ringOf(name: string): Ring {
    return this.#newest.get(name)?.ring ?? RINGS.outside;
  }

  /** The task behind a job, or undefined when its code is gone. */
  task(name: string, version: number): TaskKind | undefined {
    const kind = this.#kinds.get(name)?.get(version);
    return kind?.class === 'task' ? (kind as unknown as TaskKind) : undefined;
  }
}
