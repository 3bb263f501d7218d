import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { E2E, errorOf, Place } from './tksm.ts';

const VERIFIER = path.resolve(import.meta.dirname, '../../../tools/verify-log/src/main.ts');

/** Runs the verifier, which knows nothing of our packages. */
function verifyLog(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [VERIFIER, ...args], { encoding: 'utf8' });
}

/** Each test starts some twenty processes one after the other. */
const MANY = { ...E2E, timeout: 240_000 };

describe('proofs', MANY, () => {
  it('are given for events, growth and state, and accepted by the verifier', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    await place.tksm('var', 'set', 'first', '1');
    const key = (await place.tksm('event', 'checkpoint', '--key')).stdout.trim();
    const older = place.file('older', (await place.tksm('event', 'checkpoint')).stdout);
    await place.tksm('var', 'set', 'second', '2');
    const lines = [
      ['event', 'prove', '0'],
      ['event', 'prove', '3', '--checkpoint', older],
      ['event', 'checkpoint', '--since', older],
      ['state', 'prove', 'var/runtime/second'],
      ['state', 'prove', 'zone', '--entry', '--checkpoint', older],
    ];
    for (const line of lines) {
      const proof = await place.tksm(...line);
      expect(proof.code, proof.stderr).toBe(0);
      expect(proof.stderr).toContain(key);
      const checked = verifyLog('proof', place.file('proof', proof.stdout), '--key', key);
      expect(checked, line.join(' ')).toMatchObject({ status: 0, stderr: '' });
    }
    const changed = place.file('changed', place.read('proof').replace('\n}', '\n }'));
    expect(verifyLog('proof', changed, '--key', key).status).toBe(8);
    expect(verifyLog('log', place.data, '--key', key, '--checkpoint', older)).toMatchObject({ status: 0 });
    const json = await place.json('event', 'checkpoint');
    expect(json).toMatchObject({ verifierKey: key, size: expect.any(Number), digest: expect.any(String) });
    expect((await place.tksm('state', 'digest')).stdout.trim()).toBe(json['digest']);
    expect(statSync(path.join(place.data, 'proofs', 'signing.key')).mode & 0o777).toBe(0o600);
  });

  it('show one event alone in a zone with event leaves', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const env = { TKSM_EVENT_LEAVES: 'true' };
    await place.start(['var', 'set', 'first', '1'], { env }).ended;
    const key = (await place.tksm('event', 'checkpoint', '--key')).stdout.trim();
    const { stdout } = await place.tksm('event', 'checkpoint');
    expect(stdout).toContain('\ntksm-leaves/1 events\n');
    const older = place.file('older', stdout);
    // The zone's option is in its log: nobody needs to say it again.
    await place.tksm('var', 'set', 'second', '2');
    for (const line of [
      ['event', 'prove', '0'],
      ['event', 'prove', '3'],
      ['event', 'checkpoint', '--since', older],
    ]) {
      const proof = await place.tksm(...line);
      const checked = verifyLog('proof', place.file('proof', proof.stdout), '--key', key);
      expect(checked, line.join(' ')).toMatchObject({ status: 0, stderr: '' });
    }
    const shown = (await place.tksm('event', 'prove', '0')).stdout;
    expect(shown).toContain('zone.created');
    expect(shown).not.toContain('sequencer.claimed');
    expect(verifyLog('log', place.data, '--key', key, '--checkpoint', older)).toMatchObject({ status: 0 });
    const other = new Place(onTestFinished);
    await other.tksm('var', 'set', 'first', '1');
    const warned = await other.start(['var', 'set', 'second', '2'], { env }).ended;
    expect(warned).toMatchObject({ code: 0, stderr: expect.stringContaining('without event leaves') });
  });

  it('come from a cache that is made anew when it is wrong', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    await place.tksm('var', 'set', 'first', '1');
    const good = (await place.tksm('event', 'prove', '2')).stdout;
    for (const name of ['frames', 'nodes']) {
      const file = path.join(place.data, 'proofs', name);
      const bytes = readFileSync(file);
      writeFileSync(file, bytes.fill(7, 0, Math.floor(bytes.length / 2)));
      const again = await place.tksm('event', 'prove', '2');
      expect(again).toMatchObject({ code: 0, stdout: good });
      expect(again.stderr).toContain('made anew');
      writeFileSync(file, 'garbage');
      expect(await place.tksm('event', 'prove', '2')).toMatchObject({ code: 0, stdout: good });
    }
  });

  it('are refused for what is not there, and for what others have signed', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    await place.tksm('var', 'set', 'first', '1');
    const older = place.file('older', (await place.tksm('event', 'checkpoint')).stdout);
    await place.tksm('var', 'set', 'second', '2');
    const { stdout } = await place.tksm('event', 'tail', '-n', '1', '--json');
    const { position } = JSON.parse(stdout) as { position: number };
    expect(await place.tksm('event', 'prove', '9999')).toMatchObject({ code: 3, stdout: '' });
    expect((await place.tksm('event', 'prove', 'x')).code).toBe(2);
    expect((await place.tksm('event', 'prove', String(position), '--checkpoint', older)).code).toBe(3);
    expect((await place.tksm('state', 'prove', 'no/such')).code).toBe(3);
    const forged = place.file('forged', readFileSync(older, 'utf8').replace(/\n1?\d\d\n/, '\n5\n'));
    const refused = await place.tksm('event', 'prove', '0', '--checkpoint', forged, '--json');
    expect(refused).toMatchObject({ code: 8, stdout: '' });
    expect(errorOf(refused)).toMatchObject({ code: 'ProofInvalid' });
    const other = new Place(onTestFinished);
    await other.tksm('var', 'set', 'first', '1');
    expect((await other.tksm('event', 'prove', '0', '--checkpoint', older)).code).toBe(5);
  });

  it('are not signed for a log that is older than the last checkpoint', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const copy = new Place(onTestFinished);
    await place.tksm('var', 'set', 'first', '1');
    await place.tksm('event', 'checkpoint');
    await copy.tksm('var', 'set', 'first', '1');
    // Another log in the place of the one that was signed for.
    spawnSync('sh', ['-c', 'rm -r "$0/log" && cp -r "$1/log" "$0/log"', place.data, copy.data]);
    const refused = await place.tksm('event', 'checkpoint', '--json');
    expect(refused).toMatchObject({ code: 8, stdout: '' });
    expect(errorOf(refused)).toMatchObject({ code: 'LogDamaged' });
  });

  it('reveal a folder that was rolled back as a whole, to whoever kept a checkpoint', async ({
    onTestFinished,
  }) => {
    const place = new Place(onTestFinished);
    const shell = (script: string) => spawnSync('sh', ['-c', script, place.data]);
    await place.tksm('var', 'set', 'first', '1');
    const key = (await place.tksm('event', 'checkpoint', '--key')).stdout.trim();
    const early = place.file('early', (await place.tksm('event', 'checkpoint')).stdout);
    shell('cp -r "$0" "$0-copy"');
    await place.tksm('var', 'set', 'second', '2');
    const kept = place.file('kept', (await place.tksm('event', 'checkpoint')).stdout);
    expect(await place.tksm('event', 'verify', '--against', kept)).toMatchObject({ code: 0 });
    shell('rm -r "$0" && mv "$0-copy" "$0"');
    // Everything in the folder agrees with everything else.
    expect(await place.tksm('event', 'verify')).toMatchObject({ code: 0 });
    expect(await place.tksm('event', 'verify', '--against', early, '--key', key)).toMatchObject({ code: 0 });
    const { position } = await place.json('state', 'digest');
    const refusal = { code: 'LogDamaged', data: { position, events: position } };
    for (const line of [
      ['event', 'verify', '--against', kept],
      ['event', 'checkpoint', '--since', kept],
    ]) {
      const refused = await place.tksm(...line, '--json');
      expect(refused.code, line.join(' ')).toBe(8);
      expect(errorOf(refused)).toMatchObject(refusal);
    }
    // And when it has gone on since, with another history.
    for (const name of ['a', 'b', 'c']) await place.tksm('var', 'set', name, '1');
    const refused = await place.tksm('event', 'verify', '--against', kept, '--json');
    expect([refused.code, errorOf(refused)['code']]).toEqual([8, 'LogDamaged']);
    const other = new Place(onTestFinished);
    await other.tksm('var', 'set', 'first', '1');
    const foreign = await other.tksm('event', 'verify', '--against', kept, '--json');
    expect([foreign.code, errorOf(foreign)['code']]).toEqual([5, 'ForeignZone']);
    expect((await place.tksm('event', 'verify', '--key', key)).code).toBe(2);
  });

  it('are not signed with a key that was changed', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    await place.tksm('var', 'set', 'first', '1');
    await place.tksm('event', 'checkpoint');
    const file = path.join(place.data, 'proofs', 'signing.key');
    const pem = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      pem.replace(/.(?=.{8}\n-----END)/, (letter) => (letter === 'A' ? 'B' : 'A')),
    );
    expect((await place.tksm('event', 'checkpoint')).code).toBe(8);
    expect((await place.tksm('event', 'verify')).code).toBe(8);
    writeFileSync(file, pem);
    expect((await place.tksm('event', 'verify')).code).toBe(0);
  });
});
