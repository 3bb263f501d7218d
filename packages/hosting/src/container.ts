import 'reflect-metadata';
import { container as tsyringe } from 'tsyringe';
import type { DependencyContainer } from 'tsyringe';
import { KernelError } from '@tksm/abstractions';
import type { Registrar, Resolver, Token } from '@tksm/abstractions';

/** Written to while packages are composed, read from afterwards. */
export type Composition = Registrar & Resolver;

/** A container of its own: nothing is shared with another one. */
export function createContainer(): Composition {
  return new Container(tsyringe.createChildContainer());
}

/**
 * Registrar and resolver over tsyringe, without decorators. Guarantees: a factory runs at most once, and only when its
 * token is asked for; one that fails runs again when it is asked for again; a cycle is an error that names it, never a
 * stack overflow.
 */
class Container implements Composition {
  readonly #inner: DependencyContainer;
  /** What is being made now, outermost first. */
  readonly #making: string[] = [];

  constructor(inner: DependencyContainer) {
    this.#inner = inner;
  }

  value<T>(token: Token<T>, value: T): void {
    this.#inner.register<T>(token.name, { useFactory: () => value });
  }

  singleton<T>(token: Token<T>, make: (resolver: Resolver) => T): void {
    this.#inner.register<T>(token.name, { useFactory: this.#once(token.name, make) });
  }

  add<T>(token: Token<T>, make: (resolver: Resolver) => T): void {
    const many = manyOf(token);
    this.#inner.register<T>(many, { useFactory: this.#once(many, make) });
  }

  /** @throws KernelError `NotRegistered` with `data.token`, `DependencyCycle` with `data.cycle` */
  get<T>(token: Token<T>): T {
    if (this.#inner.isRegistered(token.name)) return this.#inner.resolve<T>(token.name);
    const wanted = this.#making.at(-1);
    const by = wanted === undefined ? '' : `, which ${wanted} needs`;
    throw new KernelError('NotRegistered', `nothing is registered for ${token.name}${by}`, {
      data: { token: token.name },
    });
  }

  all<T>(token: Token<T>): readonly T[] {
    const many = manyOf(token);
    return this.#inner.isRegistered(many) ? this.#inner.resolveAll<T>(many) : [];
  }

  has<T>(token: Token<T>): boolean {
    return this.#inner.isRegistered(token.name) || this.#inner.isRegistered(manyOf(token));
  }

  #once<T>(name: string, make: (resolver: Resolver) => T): () => T {
    let made: { readonly value: T } | undefined;
    return () => {
      made ??= { value: this.#make(name, make) };
      return made.value;
    };
  }

  #make<T>(name: string, make: (resolver: Resolver) => T): T {
    const at = this.#making.indexOf(name);
    if (at >= 0) {
      const cycle = [...this.#making.slice(at), name];
      throw new KernelError('DependencyCycle', `composition goes in a circle: ${cycle.join(' → ')}`, {
        data: { cycle },
      });
    }
    this.#making.push(name);
    try {
      return make(this);
    } finally {
      this.#making.pop();
    }
  }
}

/** Where those of many lie, apart from the one under the same token. */
function manyOf<T>(token: Token<T>): string {
  return `${token.name} (many)`;
}
