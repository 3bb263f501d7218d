import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { LOOKING, snapshot } from './looking.ts';
import type { OnTestFinished } from './tksm.ts';
import { BINARY, E2E, errorOf, Place, shellInput } from './tksm.ts';

let template: Promise<string> | undefined;

afterAll(async () => {
  if (template !== undefined) rmSync(path.dirname(await template), { recursive: true });
});

/** A place whose data folder has a variable and a job in it: made once, then copied. */
async function filled(onTestFinished: OnTestFinished): Promise<Place> {
  const place = new Place(onTestFinished);
  template ??= makeTemplate(place);
  cpSync(await template, place.data, { recursive: true });
  return place;
}

async function makeTemplate(place: Place): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tksm-cli-'));
  const at = ['--data', path.join(folder, 'data')];
  await place.tksm('var', 'set', 'a', '1', ...at);
  await place.tksm('job', 'submit', 'shell', '--wait', '-i', shellInput('echo hi'), ...at);
  return path.join(folder, 'data');
}

function segmentOf(place: Place): string {
  const [name = ''] = readdirSync(path.join(place.data, 'log')).filter((file) => file.endsWith('.seg'));
  return path.join(place.data, 'log', name);
}

function flipByte(file: string, offset: number): void {
  const bytes = readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(offset) ^ 1, offset);
  writeFileSync(file, bytes);
}

/** Source: Castagnoli's polynomial, reflected. */
function crc32c(text: string): string {
  let crc = 0xffffffff;
  for (const byte of Buffer.from(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0');
}

describe('looking', E2E, () => {
  it('changes nothing', async ({ onTestFinished }) => {
    const place = await filled(onTestFinished);
    const before = snapshot(place.data);
    for (const ended of await Promise.all(LOOKING.map((line) => place.tksm(...line)))) {
      expect(ended).toMatchObject({ code: 0 });
    }
    expect(snapshot(place.data)).toEqual(before);
  });

  it('works in a folder that may only be read, where writing is denied', async ({ onTestFinished }) => {
    const place = await filled(onTestFinished);
    execFileSync('chmod', ['-R', 'a-w,a+rX', place.folder]);
    // Nobody is kept from writing as root.
    const as =
      process.getuid?.() === 0 ? ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] : [];
    const run = (...args: readonly string[]): ReturnType<typeof spawnSync> => {
      const [command = '', ...rest] = [...as, process.execPath, BINARY, ...args, '--data', place.data];
      return spawnSync(command, rest, {
        cwd: '/',
        env: { PATH: process.env['PATH'] ?? '' },
        encoding: 'utf8',
      });
    };
    for (const line of [
      ['state', 'digest'],
      ['event', 'verify'],
      ['job', 'ls'],
      ['var', 'get', 'a'],
      ['doctor'],
      ['health'],
      ['projection', 'show', 'health'],
    ]) {
      expect(run(...line)).toMatchObject({ status: 0 });
    }
    const denied = run('var', 'set', 'a', '2', '--json');
    expect(denied).toMatchObject({ status: 4, stdout: '' });
    expect(String(denied.stderr)).toContain('DataFolderReadOnly');
    execFileSync('chmod', ['-R', 'u+w', place.folder]);
  });

  it('says when there is nothing to look at', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const ended = await place.tksm('state', 'digest', '--json');
    expect(ended).toMatchObject({ code: 3, stdout: '' });
    expect(errorOf(ended)).toMatchObject({ code: 'DataFolderMissing' });
    expect(await place.json('doctor')).toMatchObject({
      exitCode: 0,
      findings: expect.arrayContaining([expect.objectContaining({ name: 'folder', status: 'warning' })]),
    });
  });

  it('tells that nobody runs the folder', async ({ onTestFinished }) => {
    const place = await filled(onTestFinished);
    const { code, stdout } = await place.tksm('health');
    expect(code).toBe(0);
    expect(stdout).toContain('nobody runs this folder');
    expect(await place.json('health')).toMatchObject({
      status: 'ok',
      running: false,
      jobs: { succeeded: 1 },
    });
  });
});

describe('tksm event', E2E, () => {
  it('lists, shows, tails and exports', async ({ onTestFinished }) => {
    const place = await filled(onTestFinished);
    const { events } = (await place.json('event', 'ls', '--type', 'job.*', '--limit', '2')) as {
      events: { position: number }[];
    };
    expect(events).toHaveLength(2);
    expect((await place.tksm('event', 'ls', '--plain', '--type', 'zone.created')).stdout).toMatch(
      /^0\t\S+Z\tzone\.created\t/,
    );
    expect(await place.json('event', 'show', '0')).toMatchObject({
      position: 0,
      event: { type: 'zone.created' },
    });
    expect((await place.tksm('event', 'show', '99999')).code).toBe(3);
    const tail = await place.tksm('event', 'tail', '-n', '3', '--json');
    expect(tail.stdout.trimEnd().split('\n')).toHaveLength(3);
    const lines = (await place.tksm('event', 'export')).stdout.trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { position: number }).position)).toEqual([
      ...lines.keys(),
    ]);
    await place.tksm('event', 'export', '--from', '2', '--to', '5', '--out', path.join(place.folder, 'part'));
    expect(place.read('part').trimEnd().split('\n')).toEqual(lines.slice(2, 5));
  });

  it('is no error when the reader goes away', async ({ onTestFinished }) => {
    const place = await filled(onTestFinished);
    const big = place.file('big.json', JSON.stringify('x'.repeat(60_000)));
    for (const name of ['b', 'c', 'd']) await place.tksm('var', 'set', name, `@${big}`);
    const program = `"$0" "$1" event export --data "$2" | head -c 10; exit \${PIPESTATUS[0]}`;
    const piped = spawnSync('bash', ['-c', program, process.execPath, BINARY, place.data], {
      encoding: 'utf8',
    });
    expect(piped).toMatchObject({ status: 0, stderr: '', stdout: '{"position' });
  });

  it('exits 8 on damage and names the position', async ({ onTestFinished }) => {
    const place = await filled(onTestFinished);
    const { position } = await place.json('state', 'digest');
    const text = readFileSync(segmentOf(place), 'latin1');
    flipByte(segmentOf(place), text.indexOf('world.rewritten'));
    const verified = await place.tksm('event', 'verify', '--json');
    expect(verified.code).toBe(8);
    const { code, data } = errorOf(verified) as { code: string; data: { position: number } };
    expect(code).toBe('LogDamaged');
    expect(data.position).toBeGreaterThan(0);
    expect(data.position).toBeLessThan(Number(position));
    expect(JSON.parse(verified.stdout)).toMatchObject({
      isWhole: false,
      damage: { position: data.position },
    });
    expect((await place.tksm('event', 'verify')).stderr).toContain(`position ${data.position}`);
    const lines = [['state', 'digest'], ['replay'], ['job', 'ls'], ['doctor'], ['var', 'set', 'a', '2']];
    for (const ended of await Promise.all(lines.map((line) => place.tksm(...line))))
      expect(ended.code).toBe(8);
  });

  it('exits 8 when what was acknowledged is gone', async ({ onTestFinished }) => {
    const place = await filled(onTestFinished);
    const file = segmentOf(place);
    writeFileSync(file, readFileSync(file).subarray(0, 8192));
    expect((await place.tksm('event', 'verify')).code).toBe(8);
  });

  it('leaves a folder of a later release alone', async ({ onTestFinished }) => {
    const place = await filled(onTestFinished);
    writeFileSync(path.join(place.data, 'FORMAT'), `tksm-segments 9 ${crc32c('tksm-segments 9')}\n`);
    const before = snapshot(path.join(place.data, 'log'));
    for (const line of [['event', 'verify'], ['state', 'digest'], ['var', 'set', 'a', '2'], ['doctor']]) {
      const ended = await place.tksm(...line, '--json');
      expect(ended).toMatchObject({ code: 5 });
    }
    expect(snapshot(path.join(place.data, 'log'))).toEqual(before);
  });
});

describe('tksm state and replay', E2E, () => {
  it('print the digest alone, and compare it', async ({ onTestFinished }) => {
    const place = await filled(onTestFinished);
    const { stdout } = await place.tksm('state', 'digest');
    expect(stdout).toMatch(/^[0-9a-f]{64}\n$/);
    const digest = stdout.trim();
    expect(await place.tksm('replay', '--expect', digest)).toMatchObject({ code: 0, stdout });
    expect(await place.json('replay')).toMatchObject({ digest, eventsPerSecond: expect.any(Number) });
    const other = await place.tksm('replay', '--expect', '0'.repeat(64));
    expect(other.code).toBe(8);
    expect((await place.tksm('replay', '--expect', 'x')).code).toBe(2);
    const part = await place.json('replay', '--to', '5');
    expect(part).toMatchObject({ events: 5 });
    expect(await place.json('state', 'digest', '--at', '5')).toEqual({ digest: part['digest'], position: 5 });
    expect((await place.tksm('state', 'digest', '--at', '0')).stdout).toBe(`${'0'.repeat(64)}\n`);
  });

  it('reads keys of the world', async ({ onTestFinished }) => {
    const place = await filled(onTestFinished);
    expect(await place.json('state', 'get', 'var/runtime/a')).toMatchObject({
      value: { value: '1' },
      version: 1,
    });
    expect(await place.json('state', 'get', 'var/', '--prefix')).toMatchObject({
      entries: [{ key: 'var/runtime/a' }],
    });
    expect((await place.tksm('state', 'get', 'nothing')).code).toBe(3);
  });
});

describe('the configuration', E2E, () => {
  it('is taken from flags, then the environment, then the project file', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    mkdirSync(path.join(place.folder, 'project'));
    place.file('tksm.config.json', JSON.stringify({ dataDir: 'from-file' }));
    const where = async (env: Record<string, string>, ...flags: string[]): Promise<string> => {
      const { stdout } = await place.start(['doctor', '--json', ...flags], { env }).ended;
      return path.basename((JSON.parse(stdout) as { dir: string }).dir);
    };
    expect(await where({ TKSM_DATA_DIR: 'from-env' }, '--data', 'from-flag')).toBe('from-flag');
    expect(await where({ TKSM_DATA_DIR: 'from-env' })).toBe('from-env');
    place.file('tksm.config.json', '{ "dataDir": 1 }');
    expect((await place.tksm('doctor')).code).toBe(2);
  });
});

describe('tksm state snapshot', E2E, () => {
  it('writes the whole state to a file, the same one each time, and prints its digest', async ({
    onTestFinished,
  }) => {
    const place = new Place(onTestFinished);
    await place.tksm('var', 'set', 'a', '1');
    const digest = (await place.tksm('state', 'digest')).stdout;
    for (const file of ['one.snap', 'two.snap']) {
      const made = await place.tksm('state', 'snapshot', path.join(place.folder, file));
      expect(made).toMatchObject({ code: 0, stdout: digest });
    }
    const [one, two] = ['one.snap', 'two.snap'].map((file) => readFileSync(path.join(place.folder, file)));
    expect(one).toEqual(two);
    expect(one?.includes(digest.trim())).toBe(true);
  });
});
