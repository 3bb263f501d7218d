import { expect, it } from 'vitest';
import { rightsOfSelf } from './self-rights.ts';

it.each([
  ['agent.spawn:self', 'agent.spawn:a/b'],
  ['agent.*:self/**', 'agent.*:a/b/**'],
  ['agent.spawn:selfish', 'agent.spawn:selfish'],
  ['agent.spawn:x/self', 'agent.spawn:x/self'],
  ['var.set:self', 'var.set:self'],
  ['agents.spawn:self', 'agents.spawn:self'],
  ['self', 'self'],
])('reads %s as %s', (given, meant) => {
  expect(rightsOfSelf([given], 'a/b')).toEqual([meant]);
});

it('leaves what is no list of texts to be refused', () => {
  expect(rightsOfSelf('agent.spawn:self', 'a')).toBe('agent.spawn:self');
  expect(rightsOfSelf([1, null], 'a')).toEqual([1, null]);
});
