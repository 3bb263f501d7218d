import { handleId } from '@tksm/abstractions';
import type { HandleId, ZoneId } from '@tksm/abstractions';
import { deriveJobId } from '../jobs/derive-id.ts';

/** The id of the handle that a token's block has in a zone. No command id has a space: no other handle has it. */
export function tokenHandleId(zone: ZoneId, revocationId: string): HandleId {
  return handleId(deriveJobId(zone, `token ${revocationId}`));
}

/** Whether a text may be the revocation id of a token's block: hex of a signature. */
export function isRevocationId(text: string): boolean {
  return /^[0-9a-f]{32,256}$/.test(text);
}
