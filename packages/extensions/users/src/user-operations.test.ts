import { isKernelError } from '@tksm/abstractions';
import type { OperationKind } from '@tksm/abstractions';
import { standInDecisions } from '@tksm/drivers-memory';
import { describe, expect, it } from 'vitest';
import { userOperations } from './user-operations.ts';

function directory() {
  const kinds = new Map(userOperations().map((kind) => [String(kind.name), kind as OperationKind<never>]));
  const decisions = standInDecisions();
  const perform = async (name: string, input: object) => {
    const kind = kinds.get(`users.${name}`);
    if (kind === undefined) throw new Error(name);
    return decisions.perform(kind, input);
  };
  const failure = (name: string, input: object): Promise<string> =>
    perform(name, input).then(
      () => 'none',
      (error: unknown) => (isKernelError(error) ? error.code : String(error)),
    );
  return { perform, failure };
}

describe('the family users', () => {
  it('creates users, and gives and takes their roles', async () => {
    const { perform } = directory();
    const { output, fact } = await perform('create', { user: 'ada', name: 'Ada' });
    expect(output).toEqual({ user: 'ada', name: 'Ada', roles: [] });
    expect(fact).toEqual({ name: 'users.user-created', data: { user: 'ada' } });
    await perform('assign-role', { user: 'ada', role: 'writer' });
    const assigned = await perform('assign-role', { user: 'ada', role: 'reader' });
    expect(assigned.output).toEqual({ user: 'ada', name: 'Ada', roles: ['reader', 'writer'] });
    expect(assigned.fact).toEqual({ name: 'users.role-assigned', data: { user: 'ada', role: 'reader' } });
    const removed = await perform('remove-role', { user: 'ada', role: 'writer' });
    expect(removed.fact).toEqual({ name: 'users.role-removed', data: { user: 'ada', role: 'writer' } });
    expect((await perform('get', { user: 'ada' })).output).toEqual({
      user: 'ada',
      name: 'Ada',
      roles: ['reader'],
    });
  });

  it('records nothing where nothing changes', async () => {
    const { perform } = directory();
    await perform('create', { user: 'ada' });
    await perform('assign-role', { user: 'ada', role: 'reader' });
    for (const [name, role] of [
      ['assign-role', 'reader'],
      ['remove-role', 'writer'],
    ] as const) {
      const again = await perform(name, { user: 'ada', role });
      expect(again.output).toEqual({ user: 'ada', roles: ['reader'] });
      expect([again.fact, again.rewrite]).toEqual([undefined, undefined]);
    }
  });

  it('asks for a right on the user, and the role', async () => {
    const { perform } = directory();
    const asked = async (name: string, input: object) =>
      (await perform(name, input)).uses.map(({ action, resource }) => `${action}:${resource}`);
    expect(await asked('create', { user: 'ada' })).toEqual(['users.create:ada']);
    expect(await asked('get', { user: 'ada' })).toEqual(['users.get:ada']);
    const input = { user: 'ada', role: 'admin' };
    expect(await asked('assign-role', input)).toEqual(['users.assign-role:ada/admin']);
    expect(await asked('remove-role', input)).toEqual(['users.remove-role:ada/admin']);
  });

  it('refuses who is not there, who is there already, and a role too many', async () => {
    const { perform, failure } = directory();
    const input = { user: 'ada', role: 'reader' };
    expect(await failure('assign-role', input)).toBe('UnknownEntity');
    expect(await failure('remove-role', input)).toBe('UnknownEntity');
    expect(await failure('get', { user: 'ada' })).toBe('UnknownEntity');
    await perform('create', { user: 'ada' });
    expect(await failure('create', { user: 'ada' })).toBe('InvalidOperation');
    for (let index = 0; index < 64; index++) await perform('assign-role', { user: 'ada', role: `r${index}` });
    expect(await failure('assign-role', input)).toBe('InvalidOperation');
    expect(await failure('assign-role', { user: 'ada', role: 'r7' })).toBe('none');
  });

  it.each([
    {},
    { user: '' },
    { user: 'a/b' },
    { user: '..' },
    { user: '*' },
    { user: 'a\0' },
    { user: 'ada', name: '' },
    { user: 'ada', name: 'x'.repeat(257) },
    { user: 'ada', roles: ['admin'] },
  ])('refuses to create %o', async (input) => {
    expect(await directory().failure('create', input)).toBe('InvalidInput');
  });
});
