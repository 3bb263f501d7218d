import { readFile } from 'node:fs/promises';
import { isKernelError, KernelError } from '@tksm/abstractions';
import type { TrustPolicy } from '@tksm/abstractions';
import { rulePolicy } from '@tksm/core';
import type { Configuration } from '@tksm/hosting';

/**
 * The policy of the file that the configuration names; undefined when it names none.
 *
 * @throws KernelError `FileUnreadable`, `InvalidInput`: a zone is not opened under a policy that nobody can read
 */
export async function readTrustPolicy({ settings }: Configuration): Promise<TrustPolicy | undefined> {
  const file = settings.trustPolicy.value;
  if (file === '') return undefined;
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new KernelError('FileUnreadable', `the trust policy ${file} cannot be read`, {
      data: { file },
      cause,
    });
  });
  try {
    return rulePolicy(JSON.parse(text) as unknown);
  } catch (error) {
    const why = isKernelError(error) ? error.message : `it is no JSON: ${String(error)}`;
    throw new KernelError('InvalidInput', `${file}: ${why}`, { data: { file } });
  }
}
