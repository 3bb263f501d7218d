import { KernelError } from '@tksm/abstractions';
import type { Random } from '@tksm/abstractions';
import type { Channel } from '../wire/channel.ts';
import { VERSIONS } from '../wire/messages.ts';
import type { Answer, Challenge, Hello, Welcome } from '../wire/messages.ts';
import { isProof, proofOf } from '../wire/proof.ts';
import type { ServedClient, ServedZone } from './served-zone.ts';

const NONCE = /^[0-9a-f]{32}$/;
/** Versions that a hello may name. */
const MAX_VERSIONS = 16;

/**
 * The server's side of the handshake: proves that it knows the secret, and lets nobody in who does not. Answers what the client
 * may act on: a token that it presents is taken, or the client is sent away.
 *
 * @throws KernelError `InvalidInput`, `FormatTooNew` when there is no version in common, `CapabilityDenied`; as `Kernel.accept`
 */
export async function greetClient(
  channel: Channel,
  messages: AsyncIterator<unknown>,
  {
    secret,
    random,
    served,
  }: { readonly secret: string; readonly random: Random; readonly served: ServedZone },
): Promise<ServedClient> {
  const { versions, nonce: clientNonce } = asHello((await messages.next()).value);
  const version = VERSIONS.find((known) => versions.includes(known));
  if (version === undefined) {
    throw new KernelError(
      'FormatTooNew',
      `the client speaks ${versions.join(', ')}, not ${VERSIONS.join(', ')}`,
      {
        next: 'use the release that runs the folder',
      },
    );
  }
  const serverNonce = random.id();
  const transcript = { versions, version, clientNonce, serverNonce };
  const proof = proofOf(secret, 'server', transcript);
  channel.send({ type: 'challenge', version, nonce: serverNonce, proof } satisfies Challenge);
  const answer = ((await messages.next()).value ?? {}) as Partial<Answer>;
  if (answer.type !== 'answer' || !isProof(answer.proof, proofOf(secret, 'client', transcript))) {
    throw new KernelError('CapabilityDenied', 'the client does not know the secret of this folder');
  }
  const { token } = answer;
  if (token !== undefined && typeof token !== 'string')
    throw new KernelError('InvalidInput', 'the token is no text');
  const zone = token === undefined ? served.zone : await served.accept(token);
  channel.trust();
  const accepted = token === undefined ? {} : ({ accepted: true } as const);
  channel.send({ type: 'welcome', zone: zone.zone, ...accepted } satisfies Welcome);
  return zone;
}

function asHello(message: unknown): Hello {
  const { type, versions, nonce } = (message ?? {}) as Partial<Record<keyof Hello, unknown>>;
  const areVersions =
    Array.isArray(versions) &&
    versions.length <= MAX_VERSIONS &&
    versions.every((v) => Number.isSafeInteger(v));
  if (type === 'hello' && areVersions && typeof nonce === 'string' && NONCE.test(nonce)) {
    return { type, versions: versions as number[], nonce };
  }
  throw new KernelError('InvalidInput', 'the first message is no hello');
}
