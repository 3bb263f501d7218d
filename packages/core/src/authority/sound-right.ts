import { isKernelError, parseRight } from '@tksm/abstractions';
import type { Right } from '@tksm/abstractions';

/** A right, or undefined for a text that is none: it covers nothing, and nothing covers it. */
export function soundRight(text: string): Right | undefined {
  try {
    return parseRight(text);
  } catch (error) {
    if (isKernelError(error, 'InvalidInput')) return undefined;
    throw error;
  }
}
