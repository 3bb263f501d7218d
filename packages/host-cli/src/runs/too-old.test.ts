import { KernelError } from '@tksm/abstractions';
import { expect, it } from 'vitest';
import { withAdvice } from './too-old.ts';

it('names --again for a run that is too old to be resumed, and leaves every other error alone', () => {
  const old = new KernelError('CommandTooOld', 'command c was answered too long ago', { data: { cmd: 'c' } });
  expect(withAdvice(old, 'chain')).toMatchObject({
    ...{ code: 'CommandTooOld', data: { cmd: 'c' }, next: expect.stringContaining('--again') },
    message: expect.stringContaining('chain'),
  });
  const other = new KernelError('QueueFull', 'full');
  expect(withAdvice(other, 'chain')).toBe(other);
});
