import type { ErrorCode } from '@tksm/abstractions';
import { attackTable } from './attack-table.ts';
import type { Attack } from './attack-table.ts';
import { Scene } from './scene.ts';

/** Names of what is beside `/corp`, which is all that is granted: sound, and not within it. */
const BESIDE: readonly (readonly [string, string])[] = [
  ['a longer name', '/corp-old'],
  ['a longer name, below', '/corp-old/a.txt'],
  ['a shorter name', '/cor'],
  ['the root', '/'],
  ['upper case', '/CORP/a.txt'],
  ['a Cyrillic o', '/c\u043erp/a.txt'],
  ['fullwidth letters', '/\uff43\uff4f\uff52\uff50/a.txt'],
  ['a fullwidth slash', '/corp\uff0fa.txt'],
  ['fullwidth dots that go up', '/corp-old/\uff0e\uff0e/corp'],
  ['a slash that divides numbers', '/corp\u2215a.txt'],
  ['a blank at the end', '/corp '],
  ['a dot at the end', '/corp.'],
  ['three dots', '/...'],
  ['the name within another', '/x/corp/a.txt'],
  ['a doubly encoded ..', '/corp%252e%252e'],
];

/** Names that could be read as another, or that nobody would see. */
const UNSOUND: readonly (readonly [string, string])[] = [
  ['..', '/corp/../corp-old/a.txt'],
  ['.. at the end', '/corp/..'],
  ['a dot', '/corp/./a.txt'],
  ['an encoded ..', '/corp/%2e%2e/corp-old/a.txt'],
  ['half an encoded ..', '/corp/.%2E/corp-old/a.txt'],
  ['an encoded slash', '/corp%2f..%2fcorp-old'],
  ['an encoded backslash', '/corp/..%5ccorp-old'],
  ['an encoded NUL', '/corp/a.txt%00.png'],
  ['NUL', '/corp/a.txt\0.png'],
  ['a backslash', '/corp\\..\\corp-old'],
  ['a slash at the end', '/corp/'],
  ['an empty segment', '/corp//a.txt'],
  ['an empty name', ''],
  ['a line break', '/corp/a.txt\n/corp-old/a.txt'],
  ['NFD', '/corp/re\u0301sume\u0301'],
  ['the Kelvin sign', '/corp/\u212a'],
  ['a zero-width space', '/corp/\u200ba.txt'],
  ['a zero-width joiner', '/co\u200drp/a.txt'],
  ['a turned direction', '/corp/\u202etxt.a'],
  ['an isolated direction', '/corp/\u2066a.txt'],
  ['a soft hyphen', '/co\u00adrp/a.txt'],
  ['a tag character', '/corp/a\u{e0061}'],
  ['a star', '/corp/*'],
  ['two stars', '/corp/**'],
  ['a star in a name', '/corp*'],
];
const TOO_LONG: readonly (readonly [string, string])[] = [
  ['a very deep name', `/corp${'/a'.repeat(200)}`],
  ['a very long name', `/corp/${'a'.repeat(2_000)}`],
];
/** No value has it, whatever it is for. */
const NO_TEXT: readonly (readonly [string, string])[] = [['half a character', '/corp/\ud800']];

const RIGHTS = ['job.submit:*', 'fs.read:/corp/**'];

/** The same by a job that is the call, and by the call of a handler: the gate is the same. */
const readings = (paths: readonly (readonly [string, string])[], code: ErrorCode): readonly Attack[] =>
  paths.flatMap(([name, path]): readonly Attack[] => [
    [
      `${name}: by driver.call`,
      async (scene) => {
        const handle = await scene.grant(RIGHTS);
        return () => scene.call('fs', 'read', { path }, handle);
      },
      code,
    ],
    [
      `${name}: by a handler`,
      async (scene) => {
        const handle = await scene.grant(RIGHTS);
        const input = { driver: 'fs', op: 'read', input: { path } };
        return () => scene.run({ kind: 'service', input }, handle);
      },
      code,
    ],
  ]);

/** A job that claims it. */
const claims = (paths: readonly (readonly [string, string])[], code: ErrorCode): readonly Attack[] =>
  paths.map(([name, path]): Attack => [
    name,
    async (scene) => {
      const handle = await scene.grant(RIGHTS);
      return () => scene.run({ kind: 'echo', input: 1, claims: [`fs.read:${path}`] }, handle);
    },
    code,
  ]);

/** What is granted in a way that could be read as more. */
const granting = (right: string, name = right, code: ErrorCode = 'InvalidInput'): Attack => [
  name,
  async (scene) => {
    const handle = await scene.grant(['*:**']);
    return () => scene.grant([right], {}, handle);
  },
  code,
];

/** What a handle that has one right may not do though it reads alike. */
const holding = (right: string, path: string): Attack => [
  `${right} for ${path}`,
  async (scene) => {
    const handle = await scene.grant([right]);
    return () => scene.call('fs', 'read', { path }, handle);
  },
  'CapabilityDenied',
];

const isPattern = ([, path]: readonly [string, string]): boolean => path === '/corp/*' || path === '/corp/**';

attackTable('an attack by the name of a resource', () => Scene.open(), {
  'beside what is granted': readings(BESIDE, 'CapabilityDenied'),
  'that could be read as another': [
    ...readings([...UNSOUND, ...TOO_LONG], 'InvalidInput'),
    ...readings(NO_TEXT, 'InvalidValue'),
  ],
  'in a claim, beside what is granted': claims(BESIDE, 'CapabilityDenied'),
  'in a claim, that could be read as another': [
    ...claims(
      UNSOUND.filter((path) => !isPattern(path)),
      'CapabilityDenied',
    ),
    ...claims(TOO_LONG, 'InvalidSpec'),
    ...claims(NO_TEXT, 'InvalidValue'),
  ],
  'in a right that is granted': [
    ...['', '**', ':a', 'fs.read:', ':', 'fs.read', 'fs', 'FS.read:/a', 'f\u0455.read:/a'].map((right) =>
      granting(right),
    ),
    ...['f*:/a', '*.read:/a', '**:/a', 'fs.*.read:/a', 'fs.read :/a', 'fs..read:/a'].map((right) =>
      granting(right),
    ),
    ...[
      'fs.read:*corp',
      'fs.read:/corp*',
      'fs.read:/c*p',
      'fs.read:/corp/**/a',
      'fs.read:**/**',
      'fs.read:***',
      'fs.read:/corp**',
    ].map((right) => granting(right)),
    ...[...UNSOUND, ...TOO_LONG]
      .filter((path) => !isPattern(path))
      .map(([name, path]) => granting(`fs.read:${path}`, name)),
    granting('fs.read:/corp/\ud800', 'half a character', 'InvalidValue'),
  ],
  'that reads like one that is held': [
    holding('fs.read:/corp/**', '/corp-old/a.txt'),
    holding('fs.read:/corp', '/corp/a.txt'),
    holding('fs.read:/corp/*', '/corp/deep/b.txt'),
    holding('fs.read:/*', '/corp/a.txt'),
    holding('fs.read:*', '/corp'),
    holding('fs.read:corp/**', '/corp/a.txt'),
    holding('fs.read:/corp/A.TXT', '/corp/a.txt'),
    holding('fs.read-all:/**', '/corp/a.txt'),
    holding('fs:/**', '/corp/a.txt'),
    holding('fs.write:/**', '/corp/a.txt'),
    holding('kv.*:/**', '/corp/a.txt'),
    holding('*:*', '/corp/a.txt'),
  ],
});
