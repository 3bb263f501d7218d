import { KernelError, zoneId } from '@tksm/abstractions';
import type { Random, ZoneId } from '@tksm/abstractions';
import type { Channel } from '../wire/channel.ts';
import { VERSIONS } from '../wire/messages.ts';
import type { Answer, Bye, Challenge, Hello, Welcome } from '../wire/messages.ts';
import { isProof, proofOf } from '../wire/proof.ts';
import { fromSentError } from '../wire/sent-error.ts';

export interface GreetingParts {
  readonly secret: string;
  readonly random: Random;
  /** What to act under, and no more. */
  readonly token?: string | undefined;
}

type Greeting = Partial<Challenge> | Partial<Welcome> | Bye;

/**
 * The client's side of the handshake. Nothing that matters is said before the server has proved that it knows the secret.
 *
 * @throws KernelError `CapabilityDenied`, `FormatTooNew`, `Unreachable`; for a token, as `Kernel.accept`
 */
export async function greetServer(
  channel: Channel,
  messages: AsyncIterator<unknown>,
  { secret, random, token }: GreetingParts,
): Promise<ZoneId> {
  const versions = VERSIONS;
  const clientNonce = random.id();
  channel.send({ type: 'hello', versions, nonce: clientNonce } satisfies Hello);
  const { version, nonce, proof } = (await next(messages, 'challenge')) as Partial<Challenge>;
  if (version === undefined || !versions.includes(version) || typeof nonce !== 'string') throw strange();
  const transcript = { versions, version, clientNonce, serverNonce: nonce };
  if (!isProof(proof, proofOf(secret, 'server', transcript))) {
    throw new KernelError('CapabilityDenied', 'what listens on the socket does not know its secret');
  }
  const answer: Answer = { type: 'answer', proof: proofOf(secret, 'client', transcript) };
  channel.send(token === undefined ? answer : { ...answer, token });
  const { zone, accepted } = (await next(messages, 'welcome')) as Partial<Welcome>;
  // Else what is done here would be done as the folder's owner.
  if (token !== undefined && accepted !== true) throw strange();
  channel.trust();
  return zoneId(zone ?? '');
}

async function next(messages: AsyncIterator<unknown>, type: 'challenge' | 'welcome'): Promise<Greeting> {
  const message = ((await messages.next()).value ?? {}) as Greeting;
  if (message.type === 'bye') throw fromSentError((message as Bye).error);
  if (message.type !== type) throw strange();
  return message;
}

function strange(): KernelError {
  return new KernelError('Unreachable', 'what listens on the socket went away, or speaks another protocol');
}
