import { isKernelError } from '@tksm/abstractions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_MESSAGE_LENGTH } from './messages.ts';
import type { IsolateMessage } from './messages.ts';
import { readMessage } from './read-message.ts';

const run = { job: 'j', epoch: 1 };
const error = { code: 'HandlerFailed', message: 'no' } as const;
const GOOD: readonly IsolateMessage[] = [
  { type: 'hello', protocol: 1 },
  { type: 'hello', protocol: 1, error },
  { ...run, type: 'call', call: 0, name: 'step', args: ['a'] },
  { ...run, type: 'tell', name: 'emit', args: ['a', null] },
  { ...run, type: 'worked', call: 3, ok: true, value: null },
  { ...run, type: 'result', ok: false, error: { ...error, data: { a: 1 } } },
];

describe('a message of an isolate', () => {
  it.each(GOOD)('$type is taken as it was sent', (message) => {
    expect(readMessage(JSON.stringify(message))).toEqual(message);
  });

  it('that lacks a field, or has another in its place, is refused', () => {
    const spoiled = fc.record({
      message: fc.constantFrom(...GOOD),
      field: fc.nat(9),
      value: fc.constantFrom(undefined, null, -1, 0.5, 'x'.repeat(65), [[]], {
        code: 'NoSuchCode',
        message: '',
      }),
    });
    fc.assert(
      fc.property(spoiled, ({ message, field, value }) => {
        const required = Object.keys(message).filter((key) => !['args', 'value', 'error'].includes(key));
        const name = required[field % required.length] ?? '';
        // What an epoch of null says is nothing; a protocol is any count.
        const text = JSON.stringify({ ...message, [name]: value });
        expect(() => readMessage(text)).toThrow(expect.objectContaining({ code: 'WorkerMisbehaved' }));
      }),
    );
  });

  it('that is anything else is refused, with a typed error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.anything(), fc.json()), (said) => {
        try {
          readMessage(said);
        } catch (thrown) {
          if (!isKernelError(thrown, 'WorkerMisbehaved')) throw thrown;
        }
      }),
    );
  });

  it('that is too long, or nested beyond measure, is refused', () => {
    for (const said of ['x'.repeat(MAX_MESSAGE_LENGTH + 1), '['.repeat(MAX_MESSAGE_LENGTH)]) {
      expect(() => readMessage(said)).toThrow(expect.objectContaining({ code: 'WorkerMisbehaved' }));
    }
  });
});
