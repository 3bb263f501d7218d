import { canonicalJson } from '@tksm/abstractions';
import type { StoredValue } from '@tksm/abstractions';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { DigestTree } from './digest-tree.ts';

const sha = (...parts: readonly (string | Buffer)[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();

/** The root by the words of ADR 0008, with nothing kept and nothing clever. */
function rootByDefinition(entries: ReadonlyMap<string, StoredValue>): string {
  const node = (prefix: string, within: readonly (readonly [Buffer, Buffer])[]): Buffer => {
    if (within.length === 0) return Buffer.alloc(32);
    if (prefix.length === 4) return sha(...within.flat());
    const children = [...'0123456789abcdef'].map((digit) => {
      const under = prefix + digit;
      return node(
        under,
        within.filter(([hashed]) => hashed.toString('hex').startsWith(under)),
      );
    });
    return sha(...children);
  };
  const all = [...entries].map(([key, value]) => [sha(key), sha(canonicalJson([key, value]))] as const);
  return node(
    '',
    all.sort(([a], [b]) => a.compare(b)),
  ).toString('hex');
}

it('has the root of the definition, however its entries came, changed and went', () => {
  const key = fc.nat({ max: 30 }).map(String);
  const change = fc.record({
    key,
    value: fc.option(fc.nat({ max: 3 }), { nil: undefined }),
    asks: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const tree = new DigestTree();
      const entries = new Map<string, StoredValue>();
      for (const { key, value, asks } of changes) {
        if (value === undefined) tree.delete(key);
        else tree.put(key, value);
        if (value === undefined) entries.delete(key);
        else entries.set(key, value);
        if (asks) expect(tree.root()).toBe(rootByDefinition(entries));
      }
      expect(tree.root()).toBe(rootByDefinition(entries));
      expect(tree.size).toBe(entries.size);
    }),
  );
});

it('keeps many entries of one bucket apart', { timeout: 60_000 }, () => {
  const keys = Array.from({ length: 100_000 }, (_, n) => `k${n}`);
  const crowd = keys.filter((key) => sha(key).readUInt16BE(0) < 32);
  const [tree, entries] = [new DigestTree(), new Map<string, StoredValue>()];
  for (const [n, key] of crowd.entries()) tree.put(key, n);
  for (const [n, key] of crowd.entries()) {
    if (n % 3 === 0) entries.set(key, n);
    else tree.delete(key);
  }
  expect(entries.size).toBeGreaterThan(10);
  expect(tree.root()).toBe(rootByDefinition(entries));
});
