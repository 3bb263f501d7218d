import { isKernelError, KernelError } from '@tksm/abstractions';
import type { TrustPolicy } from '@tksm/abstractions';
import { rulePolicy } from '@tksm/core';
import type { Configuration } from '@tksm/hosting';
import type { Invocation } from '../program/invocation.ts';
import { readSource } from '../vars/read-value.ts';
import { inTime } from './until-interrupted.ts';

/** Longer than any policy that people write. */
const MOST_BYTES = 1_048_576;

/**
 * The policy of the file that the configuration names; undefined when it names none.
 *
 * @throws KernelError `FileNotFound`, `FileUnreadable`, `InvalidInput`, `Timeout`: a zone is not opened under a policy that
 * nobody can read
 */
export async function readTrustPolicy(
  call: Pick<Invocation, 'flags'>,
  { settings }: Configuration,
): Promise<TrustPolicy | undefined> {
  const file = settings.trustPolicy.value;
  if (file === '') return undefined;
  const text = await inTime(call, policyText(file));
  try {
    return rulePolicy(JSON.parse(text) as unknown);
  } catch (error) {
    const why = isKernelError(error) ? error.message : `it is no JSON: ${String(error)}`;
    throw new KernelError('InvalidInput', `${file}: ${why}`, { data: { file } });
  }
}

async function policyText(file: string): Promise<string> {
  try {
    // A policy that was cut at its bound is no JSON.
    return await readSource(file, MOST_BYTES);
  } catch (cause) {
    if (!isKernelError(cause)) throw cause;
    const { code, message, next } = cause;
    throw new KernelError(code, `the trust policy: ${message}`, { data: { file }, next, cause });
  }
}
