import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor, MAX_SECRETS, redactingSecrets } from './secret-redactor.ts';

describe('createRedactor', () => {
  it('masks nothing before it knows a secret', () => {
    expect(createRedactor().mask('text')).toBe('text');
  });

  it('masks secrets that mean something to a pattern, the longer first', () => {
    const redactor = createRedactor();
    for (const secret of ['a.b*', 'a.b*c$', '(x|y)\\']) redactor.add(secret);
    expect(redactor.mask('a.b*c$ a.b* axbb (x|y)\\')).toBe('*** *** axbb ***');
  });

  it('ignores values too short to be secrets', () => {
    const redactor = createRedactor();
    for (const short of ['', 'a', 'abc']) redactor.add(short);
    expect(redactor.mask('abc')).toBe('abc');
  });

  it('leaves no known secret in any text', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 4 }), { minLength: 1 }), fc.string(), (secrets, text) => {
        // The mask itself could otherwise be part of a "secret".
        fc.pre(secrets.every((secret) => !secret.includes('*')));
        const redactor = createRedactor();
        for (const secret of secrets) redactor.add(secret);
        const masked = redactor.mask([text, ...secrets].join(' '));
        for (const secret of secrets) expect(masked).not.toContain(secret);
      }),
    );
  });

  it('forgets the oldest secret when it knows too many', () => {
    const redactor = createRedactor();
    for (let index = 0; index <= MAX_SECRETS; index++) redactor.add(`secret-${index}!`);
    expect(redactor.mask('secret-0! secret-1!')).toBe('secret-0! ***');
  });
});

describe('redactingSecrets', () => {
  it('tells the redactor of each secret that is resolved', async () => {
    const redactor = createRedactor();
    const source = redactingSecrets({ resolve: async ({ secretRef }) => `value of ${secretRef}` }, redactor);
    expect(await source.resolve({ secretRef: 'key' })).toBe('value of key');
    expect(redactor.mask('it is value of key')).toBe('it is ***');
  });
});
