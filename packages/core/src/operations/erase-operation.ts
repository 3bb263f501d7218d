import { hash } from '@tksm/abstractions';
import { erasureOf } from '../sealing/erasures.ts';
import { textField } from './operation.ts';
import type { KernelOperation } from './operation.ts';

export const subjectErase: KernelOperation = {
  name: 'subject.erase',
  asks: () => [{ action: 'subject.erase', resource: 'subjects' }],
  summary: 'Destroys all that is kept of a subject: { subject } by name, or { hash } as in the log',
  /** In this order, so that what the log calls erased is gone; an erasure that ends half way is listed by the vault. */
  async prepare(input, { sealer, isNew }) {
    const subject =
      input['hash'] === undefined
        ? await sealer.subjectOf(textField(input, 'subject'))
        : hash(textField(input, 'hash'));
    if (isNew) await sealer.erase(subject);
    return { hash: subject };
  },
  perform(input, { by }) {
    const subject = hash(textField(input, 'hash'));
    const fact = { name: 'subject.erased', data: { subject } };
    const event = { type: 'world.rewritten' as const, v: 1 as const, by, fact, rewrite: erasureOf(subject) };
    return { output: { subject }, events: [event] };
  },
  recorded: (input, sealer) => sealer.settleErasure(hash(textField(input, 'hash'))),
};
