import type { CapabilityHandle, ErrorCode } from '@tksm/abstractions';
import { attackTable } from './attack-table.ts';
import type { Attack } from './attack-table.ts';
import { Scene } from './scene.ts';

const PLACE = { ns: 'notes', key: 'a' };

/** An operation of `kv` under one right, or more. */
const doing = (
  name: string,
  rights: readonly string[],
  op: string,
  input: object,
  code: ErrorCode = 'CapabilityDenied',
): Attack => [
  name,
  async (scene) => {
    const handle = await scene.grant(rights);
    return () => scene.call('kv', op, input, handle);
  },
  code,
];

/** The operator's own entry, which is there before. */
async function keep(scene: Scene, key = 'a', value: unknown = 'kept'): Promise<CapabilityHandle> {
  await scene.call('kv', 'put', { ns: 'notes', key, value }, scene.kernel.operator);
  return await scene.grant(['kv.*:notes/**']);
}

const OTHERS: readonly Attack[] = [
  doing('get of another namespace', ['kv.*:notes/**'], 'get', { ns: 'secrets', key: 'a' }),
  doing('put into another namespace', ['kv.*:notes/**'], 'put', { ns: 'secrets', key: 'a', value: 1 }),
  doing('delete of another namespace', ['kv.*:notes/**'], 'delete', { ns: 'secrets', key: 'a' }),
  doing('list of another namespace', ['kv.*:notes/**'], 'list', { ns: 'secrets' }),
  doing('a namespace whose name goes on', ['kv.*:notes/**'], 'get', { ns: 'notes-old', key: 'a' }),
  doing('a key whose name goes on', ['kv.get:notes/a/**'], 'get', { ns: 'notes', key: 'ab' }),
  doing('a key below', ['kv.get:notes/a'], 'get', { ns: 'notes', key: 'a/b' }),
  doing('a key above', ['kv.get:notes/a/*'], 'get', PLACE),
  doing('a key of another case', ['kv.get:notes/a'], 'get', { ns: 'notes', key: 'A' }),
  doing('put with the right to get', ['kv.get:**'], 'put', { ...PLACE, value: 1 }),
  doing('delete with the right to put', ['kv.put:**'], 'delete', PLACE),
  doing('get with the right to list', ['kv.list:**'], 'get', PLACE),
  doing('list of all with the right to one key', ['kv.list:notes/a'], 'list', { ns: 'notes' }),
  doing('list of all with the right to all keys below', ['kv.list:notes/*'], 'list', { ns: 'notes' }),
  doing('list below another key', ['kv.list:notes/a/**'], 'list', { ns: 'notes', below: 'b' }),
  doing('to find out by ifVersion what is there', ['kv.put:notes/**'], 'put', {
    ...PLACE,
    value: 1,
    ifVersion: null,
  }),
  doing('to find out by ifVersion of a delete', ['kv.delete:notes/**'], 'delete', { ...PLACE, ifVersion: 1 }),
  [
    'by an operation on variables that names its keys',
    async (scene) => {
      const handle = await scene.grant(['kv.*:**', 'var.set:mine']);
      return () => scene.perform('var.set', { name: 'kv/notes/a', value: 1 }, handle);
    },
    'CapabilityDenied',
  ],
];

const TRICKS: readonly Attack[] = [
  ...[
    'Notes',
    'no tes',
    '',
    '.',
    '..',
    'notes/a',
    '/notes',
    'notes\0',
    '*',
    '**',
    'n\u043etes',
    'a'.repeat(65),
    '__proto__',
  ].map((ns) =>
    doing(
      `the namespace ${JSON.stringify(ns.slice(0, 12))}`,
      ['kv.*:**'],
      'get',
      { ns, key: 'a' },
      'InvalidInput',
    ),
  ),
  ...[
    '',
    '/',
    '/a',
    'a/',
    'a//b',
    '.',
    '..',
    '../secrets/a',
    'a/../../secrets/a',
    'a\0',
    'a\\b',
    '%2e%2e',
    'a%2fb',
    '*',
    '**',
    'a*',
    're\u0301',
    '\u200b',
    '\u202ea',
    'a'.repeat(901),
  ].map((key) =>
    doing(
      `the key ${JSON.stringify(key.slice(0, 20))}`,
      ['kv.*:**'],
      'get',
      { ns: 'notes', key },
      'InvalidInput',
    ),
  ),
  doing('a namespace that is a list', ['kv.*:**'], 'get', { ns: ['notes'], key: 'a' }, 'InvalidInput'),
  doing(
    'a key that is an object',
    ['kv.*:**'],
    'get',
    { ns: 'notes', key: { toString: 'a' } },
    'InvalidInput',
  ),
  doing(
    'a field that there is not',
    ['kv.*:**'],
    'put',
    { ...PLACE, value: 1, overwrite: true },
    'InvalidInput',
  ),
  doing('no value', ['kv.*:**'], 'put', PLACE, 'InvalidInput'),
  doing('an operation that there is not', ['kv.*:**'], 'drop', PLACE, 'UnsupportedOperation'),
  doing('an operation that all objects have', ['kv.*:**'], 'constructor', PLACE, 'UnsupportedOperation'),
];

const BOUNDS: readonly Attack[] = [
  [
    'an entry more than there may be',
    async (scene) => {
      for (const key of ['a', 'b', 'c']) await keep(scene, key, 1);
      const handle = await scene.grant(['kv.*:notes/**']);
      return () => scene.call('kv', 'put', { ns: 'notes', key: 'd', value: 1 }, handle);
    },
    'QuotaExceeded',
  ],
  [
    'a byte more than there may be, in place of what is there',
    async (scene) => {
      const handle = await keep(scene);
      return () => scene.call('kv', 'put', { ...PLACE, value: 'x'.repeat(1_000) }, handle);
    },
    'QuotaExceeded',
  ],
  [
    'more than an entry may have',
    async (scene) => {
      const handle = await keep(scene);
      return () => scene.call('kv', 'put', { ...PLACE, value: 'x'.repeat(64_600) }, handle);
    },
    'PayloadTooLarge',
  ],
  [
    'a version that was, after another put',
    async (scene) => {
      const handle = await keep(scene);
      return () => scene.call('kv', 'put', { ...PLACE, value: 1, ifVersion: 1 }, handle);
    },
    'PreconditionFailed',
  ],
  [
    'only where nothing is, over what is there',
    async (scene) => {
      const handle = await keep(scene);
      return () => scene.call('kv', 'put', { ...PLACE, value: 1, ifVersion: null }, handle);
    },
    'PreconditionFailed',
  ],
];

attackTable('an attack on values', () => Scene.open(), {
  'beside what is granted': OTHERS,
  'by a name': TRICKS,
  'past a bound': BOUNDS,
});
