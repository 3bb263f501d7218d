import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from './codes.ts';
import type { ErrorCode } from './codes.ts';
import { isKernelError, KernelError } from './kernel-error.ts';

const CODES = Object.keys(ERROR_CODES) as ErrorCode[];

describe('ERROR_CODES', () => {
  it('gives every code a category and an advice', () => {
    for (const code of CODES) {
      expect(code).toMatch(/^[A-Z][A-Za-z]+$/);
      expect(ERROR_CODES[code].category).toMatch(/^[a-z-]+$/);
      expect(ERROR_CODES[code].next.length).toBeGreaterThan(5);
    }
  });
});

describe('KernelError', () => {
  it.each(CODES)('carries %s there and back as plain data', (code) => {
    const error = new KernelError(code, 'what happened', { data: { position: 7 } });
    const copy = KernelError.from(JSON.parse(JSON.stringify(error)));
    expect(copy.toJSON()).toEqual({ code, message: 'what happened', data: { position: 7 } });
    expect([copy.category, copy.retryable, copy.next]).toEqual([error.category, error.retryable, error.next]);
  });

  it('leaves out empty data, and never logs its cause', () => {
    const error = new KernelError('Internal', 'broken', { cause: new Error('secret') });
    expect(JSON.stringify(error)).toBe('{"code":"Internal","message":"broken"}');
    expect(error.cause).toBeInstanceOf(Error);
    expect('cause' in new KernelError('Internal', 'broken')).toBe(false);
  });

  it('prefers its own advice to that of its code', () => {
    expect(new KernelError('SecretMissing', 'x', { next: 'set X' }).next).toBe('set X');
  });

  it('shows an error of a later release, whose code it does not know', () => {
    const error = KernelError.from({ code: 'InventedLater' as ErrorCode, message: 'new trouble' });
    expect(error).toMatchObject({ code: 'InventedLater', category: 'internal', retryable: false });
    expect(error.toJSON()).toEqual({ code: 'InventedLater', message: 'new trouble' });
    const inherited = KernelError.from({ code: 'constructor' as ErrorCode, message: 'odd' });
    expect(inherited.category).toBe('internal');
  });
});

describe('isKernelError', () => {
  it('knows one by its code, from whichever copy of the package', () => {
    const foreign = Object.assign(new Error('x'), { name: 'KernelError', code: 'JobNotFound', data: {} });
    for (const error of [new KernelError('JobNotFound', 'x'), foreign]) {
      expect(isKernelError(error)).toBe(true);
      expect(isKernelError(error, 'JobNotFound')).toBe(true);
      expect(isKernelError(error, 'Internal')).toBe(false);
    }
  });

  it.each([
    undefined,
    null,
    'JobNotFound',
    new Error('x'),
    Object.assign(new Error('x'), { code: 'ENOENT' }),
    Object.assign(new Error('x'), { code: 'Timeout' }),
    { name: 'KernelError', code: 'Internal', message: 'x' },
  ])('does not take %o for one', (other) => expect(isKernelError(other)).toBe(false));
});
