import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { E2E, errorOf, Place } from './tksm.ts';

const WHO = 'customer-ada-17';
const EMAIL = 'ada.lovelace@example.org';

/** The files of a data folder whose bytes hold a text. */
function filesWith(place: Place, text: string): string[] {
  const names = readdirSync(place.data, { recursive: true, withFileTypes: true });
  const files = names
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  return files.filter((file) => readFileSync(file).includes(text));
}

/** Puts Ada's address into a job's input and a variable. */
async function fill(place: Place): Promise<string> {
  const marked = { $sensitive: { subject: WHO, value: EMAIL } };
  const input = JSON.stringify({ argv: ['sh', '-c', 'echo to $0', marked] });
  const { stdout, code, stderr } = await place.tksm(
    'job',
    'submit',
    'shell',
    '--input',
    input,
    '--wait',
    '--json',
  );
  expect([code, stderr]).toEqual([0, expect.anything()]);
  const done = JSON.parse(stdout) as { job: string; output: { stdout: string } };
  expect(done.output.stdout).toBe(`to ${EMAIL}\n`);
  expect(await place.tksm('var', 'set', 'address', EMAIL, '--subject', WHO)).toMatchObject({ code: 0 });
  return done.job;
}

describe('tksm erase', E2E, () => {
  it('leaves no copy in any file, and everything else whole', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const job = await fill(place);
    for (const text of [WHO, EMAIL]) expect(filesWith(place, text)).toEqual([]);
    expect((await place.tksm('job', 'show', job)).stdout).toContain(EMAIL);
    expect((await place.tksm('var', 'get', 'address')).stdout).toBe(`${EMAIL}\n`);
    const { stdout: before } = await place.tksm('state', 'digest');

    expect((await place.tksm('erase', WHO, '--dry-run')).stdout).toContain('would erase 3 sealed values');
    expect((await place.tksm('state', 'digest')).stdout).toBe(before);
    expect(await place.tksm('erase', WHO)).toMatchObject({ code: 2 });
    expect(await place.json('erase', WHO, '--yes')).toMatchObject({ erased: true, values: 3 });
    expect(await place.json('erase', WHO, '--yes')).toMatchObject({ erased: true, values: 0 });

    for (const text of [WHO, EMAIL]) expect(filesWith(place, text)).toEqual([]);
    expect(readdirSync(path.join(place.data, 'vault')).sort()).toEqual(['erasing', 'secret']);
    const shown = await place.tksm('job', 'show', job);
    expect(shown.stdout).toContain('(erased)');
    expect((await place.tksm('var', 'get', 'address')).stdout).toBe('(erased)\n');
    const { stdout: digest } = await place.tksm('state', 'digest');
    expect(await place.tksm('replay', '--expect', digest.trim())).toMatchObject({ code: 0 });
    expect(await place.json('event', 'verify')).toMatchObject({ isWhole: true, faults: [] });
    expect(await place.tksm('job', 'retry', job)).toMatchObject({ code: 2 });
  });

  it('knows who is not there, and tells loss from erasure', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    await fill(place);
    const unknown = await place.tksm('erase', 'nobody', '--yes', '--json');
    expect([unknown.code, errorOf(unknown)['code']]).toEqual([3, 'SubjectUnknown']);
    const flip = async (name: string, message: string): Promise<void> => {
      const file = path.join(place.data, 'vault', name);
      const bytes = readFileSync(file);
      writeFileSync(file, Buffer.from(bytes).fill((bytes[5] ?? 0) ^ 1, 5, 6));
      const flipped = await place.tksm('event', 'verify', '--json');
      expect([flipped.code, errorOf(flipped)['message']]).toEqual([8, expect.stringContaining(message)]);
      writeFileSync(file, bytes);
    };
    await flip('secret', 'vault/secret');
    const subject = readdirSync(path.join(place.data, 'vault')).find((name) => name.length === 64) ?? '';
    for (const name of readdirSync(path.join(place.data, 'vault', subject)).slice(0, 1))
      await flip(`${subject}/${name}`, 'vault/');
    rmSync(path.join(place.data, 'vault', subject), { recursive: true });
    const verified = await place.tksm('event', 'verify', '--json');
    expect([verified.code, errorOf(verified)['message']]).toEqual([
      8,
      expect.stringContaining('a sealed value is missing'),
    ]);
  });
});

describe('a secret', E2E, () => {
  it('is resolved for the command, masked in what it prints, and in no file', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const secret = 'correct-horse-battery';
    const input = JSON.stringify({ argv: ['sh', '-c', 'echo $KEY'], env: { KEY: { $secretRef: 'api' } } });
    const run = place.start(['job', 'submit', 'shell', '--input', input, '--wait'], {
      env: { TKSM_SECRET_API: secret },
    });
    expect(await run.ended).toMatchObject({ code: 0, stdout: '***\n' });
    expect(filesWith(place, secret)).toEqual([]);
    const refused = await place.tksm('var', 'set', 'api/token', secret, '--json');
    expect([refused.code, errorOf(refused)['code']]).toEqual([2, 'SecretInClear']);
    expect(refused.stderr).not.toContain(secret);
    expect(filesWith(place, secret)).toEqual([]);
    const named = await place.tksm('var', 'set', 'api/token', '--parse', '{"$secretRef":"api"}');
    expect(named).toMatchObject({ code: 0 });
  });
});
