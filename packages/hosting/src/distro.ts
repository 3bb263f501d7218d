import { KernelError, TOKENS } from '@tksm/abstractions';
import type { DrainOptions, Kernel, Registrar, Resolver } from '@tksm/abstractions';
import { createContainer } from './container.ts';

/** Registers some of a product's parts. */
export type ComposeStep<Config> = (registrar: Registrar, config: Config) => void;

/** A product: a name, a version, and the packages it is made of. */
export interface Distro<Config> {
  readonly name: string;
  readonly version: string;
  /** Run in order; a later registration replaces an earlier one of the same token. */
  readonly compose: readonly ComposeStep<Config>[];
}

const NAME = /^[a-z][a-z0-9-]{0,63}$/;

/** @throws KernelError `InvalidInput` for a name that is not lower-case letters, digits and dashes */
export function defineDistro<Config>(distro: Distro<Config>): Distro<Config> {
  if (!NAME.test(distro.name)) {
    throw new KernelError('InvalidInput', `${JSON.stringify(distro.name)} is no name for a distro`);
  }
  return Object.freeze({ ...distro, compose: Object.freeze([...distro.compose]) });
}

export interface DistroOverrides<Config> {
  readonly config: Config;
  /** Run after the distro's own, so that they replace what it registers. */
  readonly compose?: readonly ComposeStep<Config>[];
}

/**
 * A composed distro. Guarantees: nothing is made before it is asked for; the kernel opens once, with the first call, and
 * `stop` stops it only when it was opened.
 */
export class OpenDistro<Config> {
  readonly name: string;
  readonly version: string;
  readonly config: Config;
  readonly resolver: Resolver;
  #kernel: Promise<Kernel> | undefined;

  constructor({ name, version }: Distro<Config>, config: Config, resolver: Resolver) {
    this.name = name;
    this.version = version;
    this.config = config;
    this.resolver = resolver;
  }

  /** @throws KernelError `NotRegistered`, and what opening the zone fails with */
  async kernel(): Promise<Kernel> {
    this.#kernel ??= this.resolver.get(TOKENS.kernel);
    return this.#kernel;
  }

  async stop(options?: DrainOptions): Promise<void> {
    const kernel = await this.#kernel?.catch(() => undefined);
    await kernel?.stop(options);
  }
}

/** Composes a distro. @throws what its steps throw */
export function openDistro<Config>(
  distro: Distro<Config>,
  { config, compose = [] }: DistroOverrides<Config>,
): OpenDistro<Config> {
  const container = createContainer();
  for (const step of [...distro.compose, ...compose]) step(container, config);
  return new OpenDistro(distro, config, container);
}
