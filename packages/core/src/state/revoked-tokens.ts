import type { HandleId, Instant, Position, RevokedToken } from '@tksm/abstractions';

/** The last instant there is: until then is for good. */
export const FOR_GOOD: Instant = 8.64e15;

/** A revocation of a token as the state has it: until the token would have expired. */
export interface RevocationRecord {
  readonly until: Instant;
  readonly by: HandleId;
  readonly position: Position;
  readonly time: Instant;
}

/** The same for others to see. */
export function revokedToken(token: string, { until, by, position, time }: RevocationRecord): RevokedToken {
  return { token, by, position, time, ...(until < FOR_GOOD && { expiresAt: until }) };
}
