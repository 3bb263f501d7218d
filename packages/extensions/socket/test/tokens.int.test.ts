import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { KernelError } from '@tksm/abstractions';
import { seededRandom } from '@tksm/drivers-memory';
import { describe, expect, it } from 'vitest';
import { connectZone } from '../src/client/connect-zone.ts';
import { SOCKET_LIMITS } from '../src/limits.ts';
import { encodeMessage } from '../src/wire/message-codec.ts';
import { proofOf } from '../src/wire/proof.ts';
import { RECEIPT, served, stubZone } from './served-folder.ts';
import type { Served } from './served-folder.ts';

const TOKEN = 'a-token-that-allows-little';

function reached({ dir, clock }: Served, token?: string): ReturnType<typeof connectZone> {
  return connectZone({ dir, token, time: { clock, timers: clock }, random: seededRandom('good') });
}

/** A folder whose server takes one token, and counts who acts as what. */
async function withTokens(
  onTestFinished: Parameters<typeof served>[0],
): Promise<{ place: Served; acts: string[] }> {
  const acts: string[] = [];
  const zoneOf = (who: string) =>
    stubZone({
      enqueue: async () => {
        acts.push(who);
        return RECEIPT;
      },
    });
  const place = await served(onTestFinished, zoneOf('owner'), async (token) => {
    if (token === TOKEN) return zoneOf('token');
    throw new KernelError('TokenInvalid', 'the text is not a token', { data: { reason: 'not-a-token' } });
  });
  return { place, acts };
}

describe('a client with a token', () => {
  it('acts under it on its connection, and nobody else does', async ({ onTestFinished }) => {
    const { place, acts } = await withTokens(onTestFinished);
    const [owner, guest] = [await reached(place), await reached(place, TOKEN)];
    await guest.enqueue({ kind: 'any' });
    await owner.enqueue({ kind: 'any' });
    await guest.enqueue({ kind: 'any' });
    expect(acts).toEqual(['token', 'owner', 'token']);
    for (const zone of [owner, guest]) zone.close();
  });

  it('is sent away with the error when its token is not taken, without a word of it', async ({
    onTestFinished,
  }) => {
    const { place, acts } = await withTokens(onTestFinished);
    for (const wrong of ['another-token', '', 'x'.repeat(8_192)]) {
      const refused = await reached(place, wrong).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'TokenInvalid', data: { reason: 'not-a-token' } });
      if (wrong !== '') expect(JSON.stringify(refused)).not.toContain(wrong);
    }
    const tooLong = reached(place, 'x'.repeat(SOCKET_LIMITS.maxGreetingBytes));
    await expect(tooLong).rejects.toMatchObject({ code: 'PayloadTooLarge' });
    await expect(reached(place, 7 as never)).rejects.toMatchObject({ code: 'InvalidInput' });
    expect(acts).toEqual([]);
  });

  it('talks to no server that does not say that it took the token', async ({ onTestFinished }) => {
    const { place } = await withTokens(onTestFinished);
    const secret = await place.secret();
    await rm(path.join(place.dir, 'tksm.sock'));
    const frame = (message: object) => encodeMessage(message, SOCKET_LIMITS.maxMessageBytes);
    const older = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (data: Buffer) => {
        const { versions, nonce } = JSON.parse(data.subarray(4).toString()) as {
          readonly versions: number[];
          readonly nonce: string;
        };
        const serverNonce = '0'.repeat(32);
        const proof = proofOf(secret, 'server', { versions, version: 1, clientNonce: nonce, serverNonce });
        socket.write(frame({ type: 'challenge', version: 1, nonce: serverNonce, proof }));
        socket.write(frame({ type: 'welcome', zone: 'a'.repeat(32) }));
      });
    });
    onTestFinished(() => void older.close());
    await new Promise<void>((resolve) => void older.listen(path.join(place.dir, 'tksm.sock'), resolve));
    await expect(reached(place, TOKEN)).rejects.toMatchObject({ code: 'Unreachable' });
    const owner = await reached(place);
    owner.close();
  });
});
