import { open, writeFile } from 'node:fs/promises';
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

  it('is read from a pipe that somebody writes to; a signal ends the wait', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const pipe = place.gate().file;
    const env = { TKSM_TRUST_POLICY: pipe };
    const nobody = await place.start(['var', 'set', 'a', '1', '--json'], { env }).ended;
    expect([nobody.code, errorOf(nobody)['code']]).toEqual([4, 'FileUnreadable']);
    const set = place.start(['var', 'set', 'a', '1'], { env });
    await writeFile(pipe, '{"rules":[]}');
    expect(await set.ended).toMatchObject({ code: 0 });
    const waits = place.start(['var', 'set', 'a', '1'], { env });
    // There is a reader when it is open.
    const silent = await open(pipe, 'w');
    waits.child.kill('SIGINT');
    expect(await waits.ended).toMatchObject({ code: 130 });
    await silent.close();
  });
});
