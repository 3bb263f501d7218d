import { readdirSync, readFileSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { E2E, errorOf, Place, shellInput } from './tksm.ts';
import type { Ended, OnTestFinished } from './tksm.ts';

const TOKEN = ['--token-file', 'any.token'];
/** A module whose handler leaves a file. */
const TOUCH = `import { writeFileSync } from 'node:fs';
export const run = () => writeFileSync('touched', '');
`;
const codeOf = (ended: Ended): unknown => (ended.code === 0 ? 0 : [ended.code, errorOf(ended)['code']]);

/** A place with a zone, and a token that may submit jobs of every kind. */
async function withToken(onTestFinished: OnTestFinished): Promise<Place> {
  const place = new Place(onTestFinished);
  place.file('a.txt', 'hello');
  place.file('touch.mjs', TOUCH);
  await place.json('var', 'set', 'first', '1');
  await place.tksm('token', 'mint', '--right', 'job.submit:**', '--out', 'any.token');
  return place;
}

const submit = (place: Place, kind: string, input = '{}', ...more: readonly string[]): Promise<Ended> =>
  place.tksm('job', 'submit', kind, '--input', input, '--wait', '--json', ...more);

/** Inputs of the kinds that act with the right of the process on what is named there. */
function reachingOut({ data, folder }: Place): Readonly<Record<string, string>> {
  const key = path.join(data, 'authority/root-1.key');
  return {
    shell: shellInput('touch touched'),
    module: '{"module":"touch.mjs"}',
    'files.list': JSON.stringify({ root: data }),
    'files.sha256': JSON.stringify({ root: folder, path: 'a.txt' }),
    'files.manifest': JSON.stringify({ of: '0'.repeat(32), root: folder, to: key }),
  };
}

describe('a kind that acts with the right of the process', E2E, () => {
  it('is queued for no token, whatever it allows, and for the owner still', async ({ onTestFinished }) => {
    const place = await withToken(onTestFinished);
    const key = place.read('data/authority/root-1.key');
    const inputs = reachingOut(place);
    for (const [kind, input] of Object.entries(inputs))
      expect([kind, codeOf(await submit(place, kind, input, ...TOKEN))]).toEqual([kind, [4, 'NotAdmitted']]);
    expect(await place.json('job', 'ls')).toMatchObject({ jobs: [] });
    expect(readdirSync(place.folder)).not.toContain('touched');
    expect(place.read('data/authority/root-1.key')).toBe(key);
    expect(codeOf(await submit(place, 'shell', inputs['shell']))).toBe(0);
    expect(readdirSync(place.folder)).toContain('touched');
  });

  it('is queued for a token where a policy, as the one of README.md, admits it', async ({
    onTestFinished,
  }) => {
    const place = await withToken(onTestFinished);
    const readme = readFileSync(path.join(import.meta.dirname, '../README.md'), 'utf8');
    const [, example = ''] = /^```json\n([\s\S]*?)^```/m.exec(readme) ?? [];
    place.file('trust.json', example);
    place.file('tksm.config.json', '{"trustPolicy":"trust.json"}');
    const inputs = reachingOut(place);
    expect(codeOf(await submit(place, 'files.sha256', inputs['files.sha256'], ...TOKEN))).toBe(0);
    const other = await submit(place, 'shell', inputs['shell'], ...TOKEN);
    expect([codeOf(other), other.stderr]).toEqual([[4, 'NotAdmitted'], expect.stringContaining('ring 2')]);
    const slow = await submit(place, 'sleep', '{"ms":1}', ...TOKEN);
    expect([codeOf(slow), slow.stderr]).toEqual([[4, 'NotAdmitted'], expect.stringContaining('too long')]);
    expect(codeOf(await submit(place, 'sleep', '{"ms":1}'))).toBe(0);
  });
});

describe('the trust policy of a configuration', E2E, () => {
  it('refuses jobs before they are queued, and a file that is none or not there', async ({
    onTestFinished,
  }) => {
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
    place.file('tksm.config.json', JSON.stringify({ trustPolicy: 'absent.json' }));
    const absent = await place.tksm('job', 'submit', 'shell', '--json');
    expect([absent.code, errorOf(absent)['code']]).toEqual([3, 'FileNotFound']);
    expect(absent.stderr).toContain('absent.json');
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
