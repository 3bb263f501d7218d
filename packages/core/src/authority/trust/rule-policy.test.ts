import { handleId, isKernelError } from '@tksm/abstractions';
import type { AdmissionRequest } from '@tksm/abstractions';
import { describe, expect, it } from 'vitest';
import { rulePolicy } from './rule-policy.ts';

const request = (parts: Partial<AdmissionRequest> = {}): AdmissionRequest => ({
  ...{ kind: 'mail.send', kindRing: 3, by: handleId('h'), ring: 2 },
  ...parts,
});

describe('rulePolicy', () => {
  const policy = rulePolicy({
    rules: [
      { kinds: ['script.*'], rings: [3], admit: false, reason: 'no scripts from outside' },
      { kinds: ['mail.send'], origins: ['shop'], admit: true },
      { kinds: ['mail.*'], agents: ['spam'], admit: false },
    ],
    otherwise: 'rings',
  });

  it('lets the first rule that fits decide, and the rings where none does', () => {
    expect(policy.refuses(request({ kind: 'script.run', ring: 3 }))).toBe('no scripts from outside');
    expect(policy.refuses(request({ kind: 'script.run', ring: 2 }))).toBeUndefined();
    expect(policy.refuses(request({ kind: 'scripts', ring: 3 }))).toBeUndefined();
    expect(policy.refuses(request({ origin: 'shop', agent: 'spam' }))).toBeUndefined();
    expect(policy.refuses(request({ agent: 'spam' }))).toBe('rule 3 refuses it');
    expect(policy.refuses(request({ kind: 'inner', kindRing: 1 }))).toMatch(/ring 1/);
  });

  it('refuses or admits the rest when it is told to', () => {
    expect(rulePolicy({ rules: [], otherwise: 'refuse' }).refuses(request())).toBe('no rule admits it');
    expect(rulePolicy({ rules: [], otherwise: 'admit' }).refuses(request({ kindRing: 0 }))).toBeUndefined();
  });

  it.each([
    [null, ''],
    [{}, ''],
    [{ rules: {} }, ''],
    [{ rules: [], mode: 1 }, 'mode'],
    [{ rules: [], otherwise: 'maybe' }, 'otherwise'],
    [{ rules: [null] }, 'rules/0'],
    [{ rules: [{}] }, 'rules/0/admit'],
    [{ rules: [{ admit: true, kind: 'x' }] }, 'rules/0/kind'],
    [{ rules: [{ admit: true, kinds: ['a*b'] }] }, 'rules/0/kinds'],
    [{ rules: [{ admit: true, kinds: 'a' }] }, 'rules/0/kinds'],
    [{ rules: [{ admit: true, rings: [4] }] }, 'rules/0/rings'],
    [{ rules: Array.from({ length: 1_001 }, () => ({ admit: true })) }, 'rules'],
  ])('refuses what is no policy: %j', (rules, at) => {
    let error: unknown;
    try {
      rulePolicy(rules);
    } catch (thrown) {
      error = thrown;
    }
    expect(isKernelError(error, 'InvalidInput') && error.data).toEqual({ at });
  });
});
