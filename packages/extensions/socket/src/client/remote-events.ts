import { isKernelError } from '@tksm/abstractions';
import type { RecordedEvent, SubscribeOptions } from '@tksm/abstractions';
import type { Bye, Reply, Request } from '../wire/messages.ts';
import { fromSentError } from '../wire/sent-error.ts';
import type { Reached } from './reach-server.ts';
import { serverGone } from './server-gone.ts';

/**
 * Events over a connection of their own, so that who takes them slowly holds up nothing else: what is not taken is not
 * read, and the server goes on from the log once it is.
 *
 * @throws KernelError `Unreachable` when the connection is lost; `PayloadTooLarge` for an event longer than a message: go
 * on after it, and read it from the log
 */
export async function* remoteEvents(
  reach: () => Promise<Reached>,
  { from, signal }: SubscribeOptions,
): AsyncGenerator<RecordedEvent> {
  if (isAborted(signal)) return;
  const { channel, messages } = await reach();
  const stop = (): void => {
    channel.destroy();
  };
  signal?.addEventListener('abort', stop);
  try {
    channel.send({ type: 'events', id: 0, ...(from !== undefined && { from }) } satisfies Request);
    for await (const message of messages) {
      const reply = message as Reply | Bye;
      if (reply.type === 'bye' || reply.type === 'error') throw fromSentError(reply.error);
      if (reply.type === 'end') return;
      if (reply.type === 'item') yield reply.value as RecordedEvent;
    }
    throw serverGone();
  } catch (cause) {
    if (isAborted(signal)) return;
    throw isKernelError(cause) ? cause : serverGone(cause);
  } finally {
    signal?.removeEventListener('abort', stop);
    channel.destroy();
  }
}

/** Apart, because an abort may come between two looks at a value that the compiler thinks settled. */
function isAborted(signal: SubscribeOptions['signal']): boolean {
  return signal?.aborted === true;
}
