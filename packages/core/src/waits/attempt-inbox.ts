import { jobId, KernelError } from '@tksm/abstractions';
import type { AttemptInbox } from '@tksm/abstractions';
import { checkOpen, checkTopic } from '../inbox/delivery.ts';
import type { AttemptWaits, WaitParts } from './attempt-waits.ts';

/** The inbox as a handler sees it: reading is a wait, sending an effect. */
export function attemptInbox(parts: WaitParts, waits: AttemptWaits): AttemptInbox {
  const { host, attempt, steps, effects } = parts;
  return {
    receive: ((options) => waits.waitFor({}, options)) as AttemptInbox['receive'],
    tryReceive: (filter) => waits.tryReceive(filter),
    send(job, body, { topic } = {}) {
      const to = jobId(job);
      const checked = checkTopic(topic);
      if (body === undefined) throw new KernelError('InvalidInput', 'a message has a body');
      const { clear, sealing } = attempt.take(attempt.withSecretNames(body), 'the message');
      // What an earlier attempt did here was decided then.
      if (!steps.isRepeating && !effects.submits(to)) {
        host.asking(attempt, () => {
          checkOpen(host.engine, to, attempt.job.by);
        });
      }
      effects.send({ to, from: attempt.job.id, topic: checked, body: clear }, sealing);
    },
  };
}
