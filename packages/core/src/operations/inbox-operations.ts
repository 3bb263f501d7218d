import { fromStored, jobId, KernelError } from '@tksm/abstractions';
import type { MessageRecord, Value } from '@tksm/abstractions';
import { checkSender, checkTopic, deliver } from '../inbox/delivery.ts';
import { recordOf } from '../state/job-state.ts';
import { textField } from './operation.ts';
import type { KernelOperation } from './operation.ts';

export const inboxSend: KernelOperation = {
  name: 'inbox.send',
  summary: 'Sends a message to a job: { job, body, topic?, from? }',
  perform(input, scope) {
    const to = jobId(textField(input, 'job'));
    if (input.body === undefined) {
      throw new KernelError('InvalidInput', 'body is missing', { data: { field: 'body' } });
    }
    const from = input['from'] === undefined ? scope.by : checkSender(input['from']);
    const delivery = { to, from, topic: checkTopic(input['topic']), body: input.body };
    const events = deliver(scope, [delivery], scope.by, () => false);
    // The answer to a named command is an event of its own, before this one.
    const position = scope.position + (scope.cmd === undefined ? 0 : 1);
    return { output: { job: to, from, position }, events };
  },
};

export const inboxLs: KernelOperation = {
  name: 'inbox.ls',
  reads: (input, { state, retired }) => {
    const id = jobId(textField(input, 'job'));
    const { kind = '' } = (state.jobs.get(id) ?? retired.job(id))?.spec ?? {};
    return { action: 'inbox.ls', resource: `${kind}/${id}`, kind };
  },
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
