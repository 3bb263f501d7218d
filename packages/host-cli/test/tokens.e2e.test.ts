import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { E2E, errorOf, Place } from './tksm.ts';
import type { OnTestFinished } from './tksm.ts';

/** A place with a zone, and a token of it. */
async function withToken(
  onTestFinished: OnTestFinished,
  ...flags: string[]
): Promise<{ place: Place; token: string }> {
  const place = new Place(onTestFinished);
  await place.tksm('var', 'set', 'first', '1');
  const words = ['token', 'mint', '--right', 'fs.read:/corp/**', ...flags, '--out', 'reader.token'];
  const minted = await place.tksm(...words);
  expect(minted, minted.stderr).toMatchObject({ code: 0, stdout: '' });
  // Nothing else is on the screen: neither the library's line nor Node's warning.
  expect(minted.stderr).toMatch(/^a token of zone [0-9a-f]{32} written to reader\.token\n$/);
  return { place, token: path.join(place.folder, 'reader.token') };
}

describe('tksm token', E2E, () => {
  it('mints every caveat that there is, and nothing without a right', async ({ onTestFinished }) => {
    const { place, token } = await withToken(
      onTestFinished,
      ...['--count', '9', '--rate', '10/1m', '--within', '/corp', '--amount', '500', '--kind', 'driver.call'],
    );
    const { stdout } = await place.tksm('token', 'inspect', token);
    expect(stdout).toContain('9 uses, 10 in 1m, within /corp, up to 500, kinds driver.call');
    const bad = await place.tksm('token', 'mint', '--right', 'a:b', '--rate', 'often', '--out', 'x.token');
    expect([bad.code, bad.stderr]).toEqual([2, expect.stringContaining('10/1m')]);
    const empty = await place.tksm('token', 'mint', '--out', 'x.token');
    expect([empty.code, empty.stderr]).toEqual([2, expect.stringContaining('--right ACTION:RESOURCE')]);
  });

  it('mints into a file for its owner alone, under a key made on first use', async ({ onTestFinished }) => {
    const { place, token } = await withToken(onTestFinished, '--expires', '1h', '--host', 'API.test.');
    expect(place.read('reader.token')).toMatch(/^[A-Za-z0-9_-]+=*\n$/);
    expect(statSync(token).mode & 0o777).toBe(0o600);
    expect(statSync(path.join(place.data, 'authority', 'root-1.key')).mode & 0o777).toBe(0o600);
    const again = await place.tksm('token', 'mint', '--right', 'a:b', '--out', token, '--json');
    expect([again.code, errorOf(again)['code']]).toEqual([2, 'UsageError']);
    const inspected = await place.tksm('token', 'inspect', token);
    expect(inspected.code, inspected.stderr).toBe(0);
    expect(inspected.stdout).toMatch(/0 {2}fs\.read:\/corp\/\*\* +expires in \d+m, hosts api\.test +-/);
    expect(inspected.stderr).toMatch(/^verified: zone [0-9a-f]{32}, root key 1\n$/);
    const verify = await place.tksm('event', 'verify');
    expect(verify, verify.stderr).toMatchObject({
      code: 0,
      stderr: expect.not.stringContaining('authority'),
    });
  });

  it('repeats no token that stands on the command line where its file belongs', async ({
    onTestFinished,
  }) => {
    const { place } = await withToken(onTestFinished);
    const text = place.read('reader.token').trim();
    const commands = [
      ['token', 'inspect', text],
      ['token', 'attenuate', text, '--count', '1', '--out', 'less.token'],
      ['token', 'revoke', text],
      ['var', 'ls', '--token-file', text],
    ];
    for (const command of commands) {
      const { code, stdout, stderr } = await place.tksm(...command);
      expect(code).not.toBe(0);
      expect(stdout + stderr).not.toContain(text.slice(0, 40));
    }
  });

  it('attenuates without a data folder, and only to less', async ({ onTestFinished }) => {
    const { place, token } = await withToken(onTestFinished);
    const other = new Place(onTestFinished);
    mkdirSync(path.join(other.folder, 'out'));
    const narrow = ['--right', 'fs.read:/corp/open/*', '--count', '3', '--note', 'for a guest'];
    const less = await other.tksm('token', 'attenuate', token, ...narrow, '--out', 'out/guest.token');
    expect(less, less.stderr).toMatchObject({ code: 0, stdout: '' });
    const guest = path.join(other.folder, 'out', 'guest.token');
    expect(await other.json('token', 'attenuate', guest, '--expires', '1h', '--out', 'brief.token')).toEqual({
      ...{ file: 'brief.token', zone: expect.any(String), revocationId: expect.any(String) },
    });
    const wider = ['--right', 'fs.read:/corp-old', '--out', 'wide.token', '--json'];
    const refused = await other.tksm('token', 'attenuate', guest, ...wider);
    expect([refused.code, errorOf(refused)['code']]).toEqual([4, 'CapabilityDenied']);
    const brief = path.join(other.folder, 'brief.token');
    expect(await place.json('token', 'inspect', brief)).toMatchObject({
      verified: true,
      rootKey: 1,
      blocks: [
        { grant: { rights: ['fs.read:/corp/**'] } },
        { grant: { rights: ['fs.read:/corp/open/*'], caveats: { count: 3 }, note: 'for a guest' } },
        { grant: { rights: ['fs.read:/corp/open/*'], caveats: { expiresAt: expect.any(Number) } } },
      ],
    });
    const unverified = await other.tksm('token', 'inspect', brief);
    expect(unverified).toMatchObject({ code: 0, stderr: expect.stringContaining('NOT verified') });
    expect(await other.json('token', 'inspect', brief)).toMatchObject({ verified: false });
  });

  it('refuses what the zone does not vouch for, without a word of it', async ({ onTestFinished }) => {
    const { place, token } = await withToken(onTestFinished, '--expires', '1ms');
    const expired = await place.tksm('token', 'inspect', token, '--json');
    expect([expired.code, JSON.parse(expired.stdout)]).toMatchObject([
      ...[4, { verified: false, refused: { code: 'TokenExpired' } }],
    ]);
    const other = await withToken(onTestFinished);
    const foreign = await place.tksm('token', 'inspect', other.token);
    expect(foreign.code).toBe(4);
    expect(foreign.stderr).toContain('TokenInvalid');
    const text = place.read('reader.token').trim();
    const cut = place.file('cut.token', text.slice(0, -20));
    const broken = await place.tksm('token', 'inspect', cut, '--verbose');
    expect(broken).toMatchObject({ code: 4, stdout: '' });
    expect(broken.stderr).not.toContain(text.slice(20, 40));
    expect((await place.tksm('token', 'inspect', 'no-such.token')).code).toBe(3);
    const endless = await place.tksm('token', 'inspect', '/dev/zero', '--json');
    expect([endless.code, errorOf(endless)['code']]).toEqual([4, 'TokenTooLarge']);
    expect((await place.tksm('token', 'mint', '--right', 'a:b')).code).toBe(2);
    expect((await place.tksm('token', 'mint', '--out', 'none.token')).code).toBe(2);
  });

  it('writes no token that is of no use, or the same again, and prints none', async ({ onTestFinished }) => {
    const { place, token } = await withToken(onTestFinished);
    const out = ['--out', 'x.token', '--json'];
    const refused = [
      [2, 'UsageError', 'mint', '--right', 'a:b', '--expires', '0', ...out],
      [2, 'UsageError', 'mint', '--right', 'a:b', '--out', '-', '--json'],
      [4, 'TokenTooLarge', 'mint', '--right', 'a:b', '--note', 'n'.repeat(300), ...out],
      [2, 'UsageError', 'attenuate', token, ...out],
      [2, 'UsageError', 'attenuate', token, '--right', 'fs.read:/corp/**', ...out],
    ] as const;
    for (const [code, error, ...words] of refused) {
      const ended = await place.tksm('token', ...words);
      expect([ended.code, ended.stdout, errorOf(ended)['code']], words.join(' ')).toEqual([code, '', error]);
    }
    expect(readdirSync(place.folder)).not.toEqual(expect.arrayContaining(['x.token']));
    expect(readdirSync(place.folder)).not.toEqual(expect.arrayContaining(['-']));
  });

  it('warns of a root key that others can read, as doctor does', async ({ onTestFinished }) => {
    const { place } = await withToken(onTestFinished);
    const key = path.join(place.data, 'authority', 'root-1.key');
    expect((await place.tksm('doctor')).stdout).not.toContain(key);
    chmodSync(key, 0o644);
    const minted = await place.tksm('token', 'mint', '--right', 'a:b', '--out', 'x.token');
    expect(minted).toMatchObject({ code: 0, stderr: expect.stringContaining(`chmod 600 ${key}`) });
    const used = await place.tksm('var', 'set', 'a', '1', '--token-file', 'x.token');
    expect(used).toMatchObject({ code: 4, stderr: expect.stringContaining(`chmod 600 ${key}`) });
    expect(await place.json('doctor')).toMatchObject({
      findings: expect.arrayContaining([
        expect.objectContaining({ name: 'keys', status: 'warning', detail: expect.stringContaining(key) }),
      ]) as unknown,
    });
  });
});
