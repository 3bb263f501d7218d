import { describe, expect, it } from 'vitest';
import { E2E, errorOf, Place } from './tksm.ts';

describe('the trust policy of a configuration', E2E, () => {
  it('refuses jobs before they are queued, and a file that is none', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const rules = {
      rules: [{ kinds: ['shell'], admit: false, reason: 'no scripts here' }],
      judgesOwner: true,
    };
    place.file('trust.json', JSON.stringify(rules));
    place.file('tksm.config.json', JSON.stringify({ trustPolicy: 'trust.json' }));
    const refused = await place.tksm('job', 'submit', 'shell', '--input', '{"argv":["true"]}', '--json');
    expect([refused.code, errorOf(refused)['code']], refused.stderr).toEqual([4, 'NotAdmitted']);
    expect(refused.stderr).toContain('no scripts here');
    place.file('trust.json', '{"rules":[{"admit":1}]}');
    const damaged = await place.tksm('job', 'submit', 'shell', '--json');
    expect([damaged.code, errorOf(damaged)['code']]).toEqual([2, 'InvalidInput']);
    expect(damaged.stderr).toContain('rules/0/admit');
  });
});
