import { fromStored, jobId, KernelError } from '@tksm/abstractions';
import type { HandleId, MessageRecord, StoredValue, Value } from '@tksm/abstractions';
import { OPERATOR_ID } from '../authority/handle-table.ts';
import { checkSender, checkTopic, deliver } from '../inbox/delivery.ts';
import { recordOf } from '../state/job-state.ts';
import { textField } from './operation.ts';
import type { KernelOperation, OperationScope } from './operation.ts';
import { asksForJob } from './asks.ts';

export const inboxSend: KernelOperation = {
  name: 'inbox.send',
  asks: asksForJob('inbox.send'),
  summary: 'Sends a message to a job: { job, body, topic?, from? }',
  perform(input, scope) {
    const to = jobId(textField(input, 'job'));
    if (input.body === undefined) {
      throw new KernelError('InvalidInput', 'body is missing', { data: { field: 'body' } });
    }
    const from = input['from'] === undefined ? scope.by : senderIn(input['from'], scope);
    const delivery = { to, from, topic: checkTopic(input['topic']), body: input.body };
    const events = deliver(scope, [delivery], scope.by, () => false);
    // The answer to a named command is an event of its own, before this one.
    const position = scope.position + (scope.cmd === undefined ? 0 : 1);
    return { output: { job: to, from, position }, events };
  },
};

/** Who a sender says it is: not another handle, which only that one is. @throws KernelError `InvalidInput` */
function senderIn(given: StoredValue, { by, state }: OperationScope): string {
  const from = checkSender(given);
  const isHandle = from === OPERATOR_ID || state.capabilities.get(from as HandleId) !== undefined;
  if (by === OPERATOR_ID || from === by || !isHandle) return from;
  throw new KernelError('InvalidInput', 'a sender does not name the handle of another', {
    data: { field: 'from' },
  });
}

export const inboxLs: KernelOperation = {
  name: 'inbox.ls',
  asks: asksForJob('inbox.ls'),
  reads: true,
  summary: 'What a job has not read of its messages: { job }',
  perform(input, { state, retired }) {
    const id = jobId(textField(input, 'job'));
    const live = state.jobs.get(id);
    const job = live === undefined ? retired.job(id) : recordOf(live);
    if (job === undefined)
      throw new KernelError('JobNotFound', `there is no job ${id}`, { data: { job: id } });
    return { output: { job: id, messages: (job.inbox ?? []).map(shown) }, events: [] };
  },
};

function shown({ body, ...facts }: MessageRecord): Value {
  return { ...facts, body: fromStored(body) };
}
