import { describe, expect, it } from 'vitest';
import { KernelError, token } from '@tksm/abstractions';
import { createContainer } from './container.ts';

const text = token<string>('test.text');
const length = token<number>('test.length');
const parts = token<string>('test.parts');

function failure(run: () => unknown): ReturnType<KernelError['toJSON']> {
  try {
    run();
  } catch (error) {
    if (error instanceof KernelError) return error.toJSON();
    throw error;
  }
  throw new Error('did not fail');
}

describe('createContainer', () => {
  it('resolves values, also undefined, null and false ones', () => {
    const container = createContainer();
    container.value(text, 'hello');
    expect(container.get(text)).toBe('hello');
    for (const value of [undefined, null, false, 0, '']) {
      const odd = token<unknown>(`test.odd.${String(value)}`);
      container.value(odd, value);
      expect(container.get(odd)).toBe(value);
    }
  });

  it('makes a singleton once, when it is first asked for', () => {
    const container = createContainer();
    let made = 0;
    container.singleton(length, (resolver) => {
      made += 1;
      return resolver.get(text).length;
    });
    container.value(text, 'hello');
    expect(made).toBe(0);
    expect([container.get(length), container.get(length)]).toEqual([5, 5]);
    expect(made).toBe(1);
  });

  it('lets a later registration replace an earlier one', () => {
    const container = createContainer();
    container.singleton(text, () => 'first');
    container.value(text, 'second');
    expect(container.get(text)).toBe('second');
    container.singleton(text, () => 'third');
    expect(container.get(text)).toBe('third');
  });

  it('gives all of many in the order of registration, each made once', () => {
    const container = createContainer();
    let made = 0;
    const counted = (part: string) => () => {
      made += 1;
      return part;
    };
    expect(container.all(parts)).toEqual([]);
    container.add(parts, counted('a'));
    container.add(parts, counted('b'));
    expect(container.all(parts)).toEqual(['a', 'b']);
    expect(container.all(parts)).toEqual(['a', 'b']);
    expect(made).toBe(2);
  });

  it('knows what is registered', () => {
    const container = createContainer();
    container.add(parts, () => 'a');
    container.value(text, 'x');
    expect([container.has(text), container.has(parts), container.has(length)]).toEqual([true, true, false]);
  });

  it('names the token that nothing is registered for, and who wants it', () => {
    const container = createContainer();
    expect(failure(() => container.get(text))).toMatchObject({
      code: 'NotRegistered',
      data: { token: 'test.text' },
    });
    container.singleton(length, (resolver) => resolver.get(text).length);
    expect(failure(() => container.get(length)).message).toBe(
      'nothing is registered for test.text, which test.length needs',
    );
  });

  it('names a cycle, and works again once it is broken', () => {
    const container = createContainer();
    container.singleton(text, (resolver) => String(resolver.get(length)));
    container.singleton(length, (resolver) => resolver.all(parts).length);
    container.add(parts, (resolver) => resolver.get(text));
    expect(failure(() => container.get(length))).toMatchObject({
      code: 'DependencyCycle',
      data: { cycle: ['test.length', 'test.parts (many)', 'test.text', 'test.length'] },
    });
    container.value(text, 'broken');
    expect(container.get(length)).toBe(1);
  });

  it('runs a factory again that failed', () => {
    const container = createContainer();
    let tries = 0;
    container.singleton(text, () => {
      if (++tries === 1) throw new Error('not yet');
      return 'now';
    });
    expect(() => container.get(text)).toThrow('not yet');
    expect(container.get(text)).toBe('now');
  });

  it('shares nothing with another container', () => {
    createContainer().value(text, 'mine');
    expect(createContainer().has(text)).toBe(false);
  });
});
