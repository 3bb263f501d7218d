import { ERROR_CODES, KernelError } from '@tksm/abstractions';
import type { ErrorCode } from '@tksm/abstractions';
import { describe, expect, it } from 'vitest';
import { exitCodeOf } from './exit-code.ts';

const exitOf = (code: ErrorCode): number => exitCodeOf(new KernelError(code, ''));

describe('exitCodeOf', () => {
  it('maps what scripts rely on', () => {
    const expected: Partial<Record<ErrorCode, number>> = {
      ...{ UsageError: 2, InvalidInput: 2, UnsupportedOperation: 2, JobNotFound: 3, DataFolderMissing: 3 },
      ...{
        CapabilityDenied: 4,
        DataFolderReadOnly: 4,
        DataFolderLocked: 5,
        PreconditionFailed: 5,
        FormatTooNew: 5,
      },
      ...{ Unreachable: 6, StorageFailed: 1, Timeout: 7, LogDamaged: 8, BlobDamaged: 8, HandlerFailed: 1 },
      ...{ DiskFull: 1, Internal: 1 },
    };
    for (const [code, exit] of Object.entries(expected))
      expect([code, exitOf(code as ErrorCode)]).toEqual([code, exit]);
  });

  it('gives every error a code other than success', () => {
    for (const code of Object.keys(ERROR_CODES) as ErrorCode[]) {
      expect(exitOf(code)).toBeGreaterThan(0);
      expect(exitOf(code)).toBeLessThan(9);
    }
  });
});
