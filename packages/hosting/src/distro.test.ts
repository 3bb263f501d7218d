import { describe, expect, it } from 'vitest';
import { token, TOKENS } from '@tksm/abstractions';
import type { Kernel } from '@tksm/abstractions';
import { defineDistro, openDistro } from './distro.ts';

const greeting = token<string>('test.greeting');

interface Config {
  readonly name: string;
}

const distro = defineDistro<Config>({
  name: 'hello',
  version: '1.0.0',
  compose: [(registrar, { name }) => registrar.value(greeting, `hello ${name}`)],
});

describe('openDistro', () => {
  it('composes the packages with the configuration', () => {
    const open = openDistro(distro, { config: { name: 'world' } });
    expect(open).toMatchObject({ name: 'hello', version: '1.0.0', config: { name: 'world' } });
    expect(open.resolver.get(greeting)).toBe('hello world');
  });

  it('lets overrides replace what the distro registers', () => {
    const compose = [
      (registrar: Parameters<(typeof distro.compose)[0]>[0]) => registrar.value(greeting, 'bye'),
    ];
    expect(openDistro(distro, { config: { name: 'world' }, compose }).resolver.get(greeting)).toBe('bye');
  });

  it('opens the kernel once, and stops it only when it was opened', async () => {
    const done: string[] = [];
    const kernel = { stop: async () => void done.push('stopped') } as unknown as Kernel;
    const withKernel = defineDistro<null>({
      ...distro,
      compose: [
        (registrar) =>
          registrar.singleton(TOKENS.kernel, async () => {
            done.push('opened');
            return kernel;
          }),
      ],
    });
    await openDistro(withKernel, { config: null }).stop();
    expect(done).toEqual([]);
    const open = openDistro(withKernel, { config: null });
    expect(await open.kernel()).toBe(await open.kernel());
    await open.stop();
    expect(done).toEqual(['opened', 'stopped']);
  });

  it('refuses a distro without a proper name', () => {
    expect(() => defineDistro({ ...distro, name: 'My Distro' })).toThrow('no name for a distro');
  });
});
