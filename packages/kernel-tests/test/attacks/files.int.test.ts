import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { ErrorCode, JobOutcome } from '@tksm/abstractions';
import { fsDriver } from '@tksm/drivers-fs';
import { seededRandom } from '@tksm/drivers-memory';
import { expect, it } from 'vitest';
import { attackTable } from './attack-table.ts';
import type { Attack, Granted } from './attack-table.ts';
import { Scene, SECRET, temporaryFolder } from './scene.ts';

/** A folder beside the root of the driver, links to it in there, a pipe, and a folder that is kept from jobs. */
async function open(): Promise<Scene> {
  const folder = temporaryFolder();
  const [root, outside] = [join(folder, 'root'), join(folder, 'outside')];
  for (const made of [outside, join(root, 'corp'), join(root, 'kept')]) mkdirSync(made, { recursive: true });
  writeFileSync(join(outside, 'secret.txt'), SECRET);
  writeFileSync(join(root, 'kept/key'), SECRET);
  symlinkSync(outside, join(root, 'corp/to-folder'));
  symlinkSync(join(outside, 'secret.txt'), join(root, 'corp/to-file'));
  symlinkSync('../corp-old', join(root, 'corp/to-old'));
  symlinkSync('nowhere', join(root, 'corp/dangling'));
  symlinkSync('/', join(root, 'corp/to-root'));
  execFileSync('sh', ['-c', 'mkfifo pipe'], { cwd: join(root, 'corp') });
  const machine = { ...fsDriver({ random: seededRandom('machine'), refused: [folder] }), name: 'machine' };
  return await Scene.open(
    { refused: [join(root, 'kept')], look: () => treeOf(folder, 'keys'), drivers: [machine] },
    folder,
  );
}

/** Everything below a folder: what is in files, and where links lead. */
function treeOf(folder: string, but?: string): Readonly<Record<string, unknown>> {
  const names = readdirSync(folder).filter((name) => name !== but);
  return Object.fromEntries(names.map((name) => [name, contentOf(join(folder, name))]));
}

function contentOf(path: string): unknown {
  const stats = lstatSync(path);
  if (stats.isDirectory()) return treeOf(path);
  if (stats.isSymbolicLink()) return `-> ${readlinkSync(path)}`;
  return stats.isFile() ? readFileSync(path, 'utf8') : stats.mode;
}

const calling = (
  name: string,
  rights: readonly string[],
  op: string,
  input: object,
  code: ErrorCode,
  driver = 'fs',
): Attack => [
  name,
  async (scene) => {
    const handle = await scene.grant(rights);
    return () => scene.call(driver, op, input, handle);
  },
  code,
];

const ALL = ['fs.*:**'];
/** Every operation, on a path. */
const operations = (path: string): readonly (readonly [op: string, input: object])[] => [
  ...['read', 'list', 'stat', 'mkdir', 'delete'].map((op) => [op, { path }] as const),
  ['write', { path, text: 'x' }],
  ['rename', { path, to: '/corp/c' }],
  ['rename', { path: '/corp/a.txt', to: path }],
];

const RIGHTS: readonly Attack[] = [
  calling(
    'to write with the right to read',
    ['fs.read:/corp/**'],
    'write',
    { path: '/corp/a.txt', text: 'x' },
    'CapabilityDenied',
  ),
  calling(
    'to make anew with the right to read',
    ['fs.read:/corp/**'],
    'write',
    { path: '/corp/b', text: 'x', create: 'new' },
    'CapabilityDenied',
  ),
  calling(
    'to delete with the right to write',
    ['fs.write:/corp/**'],
    'delete',
    { path: '/corp/a.txt' },
    'CapabilityDenied',
  ),
  calling('to list with the right to read', ['fs.read:/**'], 'list', { path: '/corp' }, 'CapabilityDenied'),
  calling('to list the folder above', ['fs.list:/corp/*'], 'list', { path: '/corp' }, 'CapabilityDenied'),
  calling(
    'to rename across the edge, out',
    ['fs.*:/corp/**'],
    'rename',
    { path: '/corp/a.txt', to: '/corp-old/b' },
    'CapabilityDenied',
  ),
  calling(
    'to rename across the edge, in',
    ['fs.*:/corp/**'],
    'rename',
    { path: '/corp-old/a.txt', to: '/corp/b' },
    'CapabilityDenied',
  ),
  calling(
    'to read another file',
    ['fs.read:/corp/a.txt'],
    'read',
    { path: '/corp-old/a.txt' },
    'CapabilityDenied',
  ),
  [
    'to read beside the folder that a caveat names',
    async (scene) => {
      const handle = await scene.grant(['fs.read:/**'], { within: '/corp' });
      return () => scene.call('fs', 'read', { path: '/corp-old/a.txt' }, handle);
    },
    'CapabilityDenied',
  ],
  [
    'to rename out of the folder that a caveat names',
    async (scene) => {
      const handle = await scene.grant(['fs.*:/**'], { within: '/corp' });
      return () => scene.call('fs', 'rename', { path: '/corp/a.txt', to: '/corp-old/b' }, handle);
    },
    'CapabilityDenied',
  ],
];

const through = (path: string): readonly Attack[] =>
  operations(path).map(([op, input], at) => calling(`${at}: ${op} ${path}`, ALL, op, input, 'PathRefused'));

/** What may be done to a link itself: it is looked at, and taken away. */
const atEnd = (path: string): readonly Attack[] =>
  operations(path)
    .filter(([op]) => op !== 'stat' && op !== 'delete')
    .map(([op, input], at) => calling(`${at}: ${op} ${path}`, ALL, op, input, 'PathRefused'));

const LINKS: readonly Attack[] = [
  ...[
    '/corp/to-folder/secret.txt',
    '/corp/to-old/a.txt',
    '/corp/to-root/etc/passwd',
    '/corp/dangling/new',
  ].flatMap(through),
  ...['/corp/to-file', '/corp/to-folder', '/corp/dangling'].flatMap(atEnd),
  calling(
    'write in place of a link',
    ALL,
    'write',
    { path: '/corp/to-file', text: 'x', create: 'replace' },
    'PathRefused',
  ),
  calling(
    'make where a link leads nowhere',
    ALL,
    'write',
    { path: '/corp/dangling', text: 'x', create: 'new' },
    'PathRefused',
  ),
];

/** Of the driver for the whole machine: a call needs some right of the driver's own name, too. */
const MACHINE = ['fs.*:**', 'machine.*:**'];
const machine = (path: string, op = 'read'): Attack =>
  calling(`${op} ${path}`, MACHINE, op, { path }, 'PathRefused', 'machine');

const SYSTEM: readonly Attack[] = [
  ...[
    '/proc/self/environ',
    '/proc/self/mem',
    '/proc/self/root/etc/passwd',
    '/proc/self/cwd/package.json',
    '/proc/1/environ',
  ].map((path) => machine(path)),
  ...[
    '/proc/self/fd/0',
    '/proc/self/exe',
    '/dev/null',
    '/dev/zero',
    '/dev/tty',
    '/dev/fd/0',
    '/sys/kernel/notes',
  ].map((path) => machine(path)),
  machine('/proc', 'list'),
  machine('/proc/self/fd', 'list'),
  [
    'the folder of the zone, by the path of the machine',
    async (scene) => {
      const handle = await scene.grant(MACHINE);
      return () => scene.call('machine', 'list', { path: join(scene.folder, 'keys') }, handle);
    },
    'PathRefused',
  ],
  [
    'the folder of the zone, by the root of a process',
    async (scene) => {
      const handle = await scene.grant(MACHINE);
      return () =>
        scene.call('machine', 'list', { path: `/proc/self/root${join(scene.folder, 'keys')}` }, handle);
    },
    'PathRefused',
  ],
  ...operations('/kept/key').map(([op, input], at) =>
    calling(`${at}: ${op} in what is kept from jobs`, ALL, op, input, 'PathRefused'),
  ),
  ...['read', 'list'].map((op) =>
    calling(`${op} of a pipe, which would wait`, ALL, op, { path: '/corp/pipe' }, 'PathRefused'),
  ),
  calling(
    'write into a pipe, which would wait',
    ALL,
    'write',
    { path: '/corp/pipe', text: 'x' },
    'PathRefused',
  ),
];

const SHAPES: readonly Attack[] = [
  calling('read of what is not there', ALL, 'read', { path: '/corp/none' }, 'FileNotFound'),
  calling('read through a file', ALL, 'read', { path: '/corp/a.txt/b' }, 'FileNotFound'),
  calling('read of a folder', ALL, 'read', { path: '/corp' }, 'InvalidOperation'),
  calling('write in place of a folder', ALL, 'write', { path: '/corp', text: 'x' }, 'InvalidOperation'),
  calling('delete of a folder that is not empty', ALL, 'delete', { path: '/corp-old' }, 'InvalidOperation'),
  calling('delete of the root', ALL, 'delete', { path: '/' }, 'InvalidOperation'),
  calling(
    'make what is there',
    ALL,
    'write',
    { path: '/corp/a.txt', text: 'x', create: 'new' },
    'PreconditionFailed',
  ),
  calling(
    'rename onto what is there',
    ALL,
    'rename',
    { path: '/corp/a.txt', to: '/corp-old/a.txt', create: 'new' },
    'PreconditionFailed',
  ),
];

const READ_IN_CORP: Granted = [
  'read of a file in a folder',
  async (scene) => scene.call('fs', 'read', { path: '/corp/a.txt' }, await scene.grant(['fs.read:/corp/**'])),
];
const READ_OF_THE_MACHINE: Granted = [
  'stat of a file of the machine',
  async (scene) => scene.call('machine', 'stat', { path: process.execPath }, await scene.grant(MACHINE)),
];

attackTable(
  'an attack on files',
  open,
  {
    'beside what is granted': RIGHTS,
    'by a link': LINKS,
    'by what is no file': SYSTEM,
    'by its shape': SHAPES,
  },
  [READ_IN_CORP, READ_OF_THE_MACHINE],
);

/** Swaps a folder and a link to another one, as fast as it can. */
const SWAP = `const { renameSync } = require('node:fs');
  const [, at] = process.argv;
  process.stdout.write('on');
  for (;;) {
    renameSync(at, at + '.real'); renameSync(at + '.link', at);
    renameSync(at, at + '.link'); renameSync(at + '.real', at);
  }`;

it('reads nothing outside through a folder that becomes a link while it is read', async () => {
  const scene = await open();
  const at = join(scene.root, 'corp/swapped');
  mkdirSync(at);
  writeFileSync(join(at, 'secret.txt'), 'of the inside');
  symlinkSync(join(scene.folder, 'outside'), `${at}.link`);
  const racer = spawn(process.execPath, ['-e', SWAP, at], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(racer.stdout, 'data');
  const handle = await scene.grant(['fs.read:/corp/**']);
  const seen = new Set<string>();
  try {
    for (let round = 0; round < 1_000 && (round < 50 || seen.size < 2); round++) {
      seen.add(wordOf(await scene.call('fs', 'read', { path: '/corp/swapped/secret.txt' }, handle)));
    }
  } finally {
    racer.kill('SIGKILL');
    await once(racer, 'exit');
  }
  const allowed = ['of the inside', 'PathRefused', 'FileNotFound'];
  expect([...seen].filter((word) => !allowed.includes(word))).toEqual([]);
  expect(seen.size).toBeGreaterThan(1);
  await scene.close();
});

function wordOf(outcome: JobOutcome): string {
  if (outcome.status === 'succeeded') return (outcome.output as { readonly text: string }).text;
  return outcome.status === 'failed' ? outcome.error.code : outcome.status;
}
