import { createHmac, timingSafeEqual } from 'node:crypto';

/** What both sides of a handshake have seen, and so what their proofs are about. */
export interface Transcript {
  readonly versions: readonly number[];
  readonly version: number;
  readonly clientNonce: string;
  readonly serverNonce: string;
}

/** Proof of one side that it knows the secret, good for this handshake alone. Source: HMAC-SHA-256, RFC 2104. */
export function proofOf(secret: string, side: 'client' | 'server', transcript: Transcript): string {
  const { versions, version, clientNonce, serverNonce } = transcript;
  const text = ['tksm-socket', side, versions.join(','), version, clientNonce, serverNonce].join('\n');
  return createHmac('sha256', secret).update(text).digest('hex');
}

export function isProof(given: unknown, expected: string): boolean {
  if (typeof given !== 'string') return false;
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
