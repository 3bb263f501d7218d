import { describe, expect, it } from 'vitest';
import type { StandardSchema } from '@tksm/abstractions';
import { secretPlaces } from './secret-places.ts';

/** A schema of a library that gives out this JSON Schema. */
function schemaOf(input: () => object): StandardSchema {
  return {
    '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }), jsonSchema: { input } },
  };
}

describe('secretPlaces', () => {
  it('finds what is marked at any depth, and what the kind names', () => {
    const input = schemaOf(() => ({
      properties: {
        token: { writeOnly: true },
        'a/b': { anyOf: [{ type: 'null' }, { properties: { key: { secret: true } } }] },
        hosts: { items: { properties: { password: { writeOnly: true } } } },
        byName: { additionalProperties: { secret: true } },
        other: { $ref: '#/$defs/login' },
        open: { type: 'string' },
      },
      $defs: { login: { properties: { pin: { secret: true } } } },
    }));
    expect(secretPlaces({ input, secrets: ['/named', '/token'] })).toEqual([
      '/named',
      '/token',
      '/a~1b/key',
      '/hosts/*/password',
      '/byName/*',
      '/other/pin',
    ]);
  });

  it('ends on a schema that refers to itself, and on one that cannot be said', () => {
    const tree = schemaOf(() => ({ properties: { next: { $ref: '#' }, pin: { secret: true } } }));
    expect(secretPlaces({ input: tree })).toContain('/next/pin');
    const unsayable = schemaOf(() => {
      throw new Error('a transform');
    });
    expect(secretPlaces({ input: unsayable, secrets: ['/a'] })).toEqual(['/a']);
  });
});
