import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowsRight, askRight, coversRight, formatRight, parseRight } from './right.ts';
import type { AskedRight, Right } from './right.ts';

const asked = (text: string): AskedRight => {
  const colon = text.indexOf(':');
  return askRight(text.slice(0, colon), text.slice(colon + 1));
};

describe('a granted right', () => {
  it.each([
    [
      'kv.put:notes/today',
      ['kv.put:notes/today'],
      ['kv.put:notes', 'kv.get:notes/today', 'kv.put:/notes/today'],
    ],
    ['kv.*:a', ['kv.put:a', 'kv.cursor.open:a'], ['kv:a', 'kvs.put:a']],
    ['*:a', ['kv:a', 'kv.cursor.open:a'], ['kv:b']],
    [
      'fs.read:/corp/**',
      ['fs.read:/corp', 'fs.read:/corp/a/b'],
      ['fs.read:/corp-old', 'fs.read:corp', 'fs.read:/'],
    ],
    ['fs.read:/corp/*', ['fs.read:/corp/a'], ['fs.read:/corp', 'fs.read:/corp/a/b']],
    ['fs.read:/*/log', ['fs.read:/a/log'], ['fs.read:/log', 'fs.read:/a/b/log', 'fs.read:a/log']],
    ['fs.read:/**', ['fs.read:/', 'fs.read:/a/b'], ['fs.read:a']],
    ['fs.read:*', ['fs.read:a'], ['fs.read:/', 'fs.read:/a', 'fs.read:a/b']],
    ['fs.read:*/**', ['fs.read:a', 'fs.read:a/b'], ['fs.read:/', 'fs.read:/a']],
    ['fs.read:**', ['fs.read:/', 'fs.read:/a', 'fs.read:a/b'], ['fs.stat:a']],
    ['*:**', ['kv:a', 'fs.read:/', 'job.submit:users:create'], []],
    ['job.submit:users:create', ['job.submit:users:create'], ['job.submit:users']],
  ])('%s allows what it stands for', (granted, allowed, denied) => {
    const right = parseRight(granted);
    expect(allowed.filter((text) => !allowsRight(right, asked(text)))).toEqual([]);
    expect(denied.filter((text) => allowsRight(right, asked(text)))).toEqual([]);
  });

  it.each(['var.set:tksm.pools', 'kv.put:Ä/日本 語', 'fs.read:/a.b/..c/d..', 'http.get:h/100%', 'x-1.y2:_'])(
    'may be %s',
    (text) => expect(formatRight(asked(text))).toBe(text),
  );

  it('keeps to the bounds that are documented', () => {
    const deep = (slashes: number): string => `fs.read:${'a/'.repeat(slashes)}a`;
    for (const text of [`${'a'.repeat(128)}:r`, `kv:${'r'.repeat(1_024)}`, deep(64)]) {
      expect(formatRight(parseRight(text))).toBe(text);
    }
    for (const text of [`${'a'.repeat(129)}:r`, `kv:${'r'.repeat(1_025)}`, deep(65)]) {
      expect(() => parseRight(text)).toThrow(expect.objectContaining({ code: 'InvalidInput' }));
    }
  });

  it('tells which part is wrong, and no more than the beginning of a long text', () => {
    const told = (text: string) => expect.objectContaining({ code: 'InvalidInput', data: text });
    for (const [text, data] of [
      ['kv', { field: 'right', right: 'kv' }],
      ['KV:a', { field: 'action', right: 'KV:a' }],
      ['kv:a/', { field: 'resource', right: 'kv:a/' }],
      [`kv:/${'a'.repeat(5_000)}`, { field: 'resource', right: `kv:/${'a'.repeat(136)}` }],
      [`kv:${'a'.repeat(136)}😀/`, { field: 'resource', right: `kv:${'a'.repeat(136)}�` }],
    ] as const) {
      expect(() => parseRight(text)).toThrow(told(data as never));
    }
  });

  it('is no text: is refused as a bad one', () => {
    for (const other of [undefined, null, 7, Symbol('s'), ['kv:a'], Object.create(null)]) {
      const refused = expect.objectContaining({ code: 'InvalidInput' });
      expect(() => parseRight(other as string)).toThrow(refused);
      expect(() => askRight('kv', other as string)).toThrow(refused);
      expect(() => askRight(other as string, 'a')).toThrow(refused);
    }
  });
});

// Few names, so that rights often have to do with each other.
const name = fc.constantFrom('a', 'b', 'a-b');
const segment = fc.constantFrom('a', 'b', 'a-b', '*');
const action = fc
  .tuple(fc.array(name, { maxLength: 2 }), fc.constantFrom('a', 'b', '*'))
  .map(([words, last]) => [...words, last].join('.'));
const pattern = fc
  .tuple(fc.constantFrom('', '/'), fc.array(segment, { maxLength: 3 }), fc.constantFrom('a', '*', '**'))
  .map(([lead, segments, last]) => lead + [...segments, last].join('/'));
const right: fc.Arbitrary<Right> = fc
  .tuple(action, fc.oneof({ weight: 9, arbitrary: pattern }, { weight: 1, arbitrary: fc.constant('/') }))
  .map((parts) => parseRight(parts.join(':')));

// One change of a text: most make a right narrower, some wider or another.
type Change = readonly [from: RegExp, to: string];
const change = fc.constantFrom<Change>(
  [/\/\*\*$/, ''],
  [/\*\*$/, 'a/**'],
  [/\*\*$/, '*'],
  [/(?<=[:/])\*(?=\/|$)/, 'b'],
  [/\*:/, 'a:'],
  [/\*:/, 'b.*:'],
  [/[^/:]+$/, '**'],
  [/$/, '/a'],
);
const changed = (text: string, [from, to]: Change): string =>
  text.replace(from, to).replace('**/a', '*/a').replace(/:$/, ':/').replace('://', ':/');
const changes = fc.array(change, { maxLength: 3 });
const after = (one: Right, made: readonly Change[]): Right =>
  made.length === 0 ? one : parseRight(made.reduce(changed, formatRight(one)));
/** Three rights, each made of the one before, and any two. */
const chain = fc.tuple(right, changes, changes).map(([first, some, more]) => {
  const second = after(first, some);
  return [first, second, after(second, more)] as const;
});
const pairs = fc.oneof(chain, fc.tuple(right, right));

/** Rights that a right allows, among them one that another allows only if it allows all of them. */
function drawnFrom({ action: actions, resource }: Right): readonly AskedRight[] {
  const named = [actions.replace('*', 'new'), actions.replace('*', 'new.new')];
  const beginning = resource.replace(/\/?\*\*$/, '').replaceAll('*', 'new');
  const resources = !resource.endsWith('**')
    ? [beginning]
    : resource === '**'
      ? ['/', '/new', 'new', 'new/new/new/new/new/new']
      : [beginning === '' ? '/' : beginning, `${beginning}/new`, `${beginning}/new/new/new/new/new/new`];
  return named.flatMap((one) => resources.map((place) => askRight(one, place)));
}

/** What a granted right means, said once more: as regular expressions over the texts. */
function allowsByText(granted: Right, { action: one, resource }: AskedRight): boolean {
  const actions = granted.action.replaceAll('.', '\\.').replace('*', '.+');
  const resources = granted.resource
    .replace(/(^|\/)\*\*$/, (_, slash) => (slash === '' ? '.\u0001' : '(?:/.\u0001)?'))
    .replaceAll('*', '[^/]+')
    .replaceAll('\u0001', '*');
  return new RegExp(`^${actions}$`).test(one) && new RegExp(`^${resources}$`).test(resource);
}

describe('rights', () => {
  it('cover one another exactly when they allow all that the other allows', () => {
    const seen = { covered: 0, not: 0 };
    fc.assert(
      fc.property(pairs, ([granted, narrower]) => {
        const covers = coversRight(granted, narrower);
        seen[covers ? 'covered' : 'not']++;
        expect(drawnFrom(narrower).every((one) => allowsRight(granted, one))).toBe(covers);
        expect(drawnFrom(narrower).every((one) => allowsByText(granted, one))).toBe(covers);
      }),
      { numRuns: 5_000 },
    );
    expect(Math.min(seen.covered, seen.not)).toBeGreaterThan(1_000);
  });

  it('cover themselves and whatever those that they cover do', () => {
    let chains = 0;
    fc.assert(
      fc.property(chain, ([first, second, third]) => {
        expect([first, second, third].every((one) => coversRight(one, one))).toBe(true);
        if (!coversRight(first, second) || !coversRight(second, third)) return;
        if (first !== second && second !== third) chains++;
        expect(coversRight(first, third)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
    expect(chains).toBeGreaterThan(500);
  });

  it('are the same when they cover each other', () => {
    fc.assert(
      fc.property(pairs, ([one, other]) => {
        const areSame = coversRight(one, other) && coversRight(other, one);
        expect(formatRight(one) === formatRight(other)).toBe(areSame);
      }),
      { numRuns: 2_000 },
    );
  });

  it('come back from their text', () => {
    fc.assert(
      fc.property(right, (one) => {
        expect(parseRight(formatRight(one))).toEqual(one);
      }),
    );
  });

  const hostile = fc.constantFrom(
    ':',
    '/',
    '*',
    '**',
    '.',
    '..',
    '\\',
    '\0',
    '\ud800',
    'e\u0301',
    '%2F',
    '\u202e',
    'a',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(hostile, { maxLength: 12 }).map((all) => all.join('')),
  );

  it('refuse any other text with a KernelError, and never take one for another', () => {
    fc.assert(
      fc.property(text, (resource) => {
        for (const read of [
          () => parseRight(`kv:${resource}`),
          () => askRight('kv', resource),
          () => parseRight(resource),
        ]) {
          try {
            const one = read();
            expect(parseRight(formatRight(one))).toEqual(one);
            expect(one.segments.every((part) => part !== '.' && part !== '..')).toBe(true);
          } catch (error) {
            expect(error).toMatchObject({ name: 'KernelError', code: 'InvalidInput' });
          }
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
