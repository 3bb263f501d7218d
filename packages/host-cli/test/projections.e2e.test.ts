import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { E2E, errorOf, Place, shellInput } from './tksm.ts';

const fileOf = (place: Place, name: string): string => path.join(place.data, 'projections', name);

describe('tksm projection', E2E, () => {
  it('counts jobs, keeps a bookmark, and goes on from it', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const submit = ['job', 'submit', 'shell', '--wait', '-i'];
    await place.tksm(...submit, shellInput('true'));
    expect(await place.json('projection', 'ls')).toMatchObject({
      projections: [{ name: 'throughput', position: 0 }, { name: 'health' }],
    });
    const kinds = [{ kind: 'shell', submitted: 1, succeeded: 1, failed: 0 }];
    const { position } = await place.json('projection', 'show', 'throughput');
    expect(await place.json('projection', 'ls')).toMatchObject({ projections: [{ position, lag: 0 }, {}] });
    await place.tksm(...submit, shellInput('exit 1'), '--attempts', '1');
    expect(await place.json('projection', 'show', 'throughput', '--at', String(position))).toMatchObject({
      kinds,
    });
    const [figures] = kinds;
    const both = { kinds: [{ ...figures, submitted: 2, failed: 1 }], unfinished: 0 };
    expect(await place.json('projection', 'show', 'throughput')).toMatchObject(both);
    const { stdout } = await place.tksm('projection', 'show', 'throughput');
    expect(stdout).toMatch(/^KIND +SUBMITTED.*\nshell +2 +1 +1 +0 +2/);
    expect(stdout).toContain('█');
    expect((await place.tksm('projection', 'show', 'throughput', '--plain')).stdout).toMatch(
      /^shell\t2\t1\t1\t0\t2\t/,
    );
  });

  it('is rebuilt from any point, dropped, and says when a bookmark is of no use', async ({
    onTestFinished,
  }) => {
    const place = new Place(onTestFinished);
    await place.tksm('job', 'submit', 'shell', '--wait', '-i', shellInput('true'));
    const whole = await place.json('projection', 'show', 'throughput');
    const file = fileOf(place, 'throughput');
    writeFileSync(
      file,
      readFileSync(file).map((byte, at) => (at === 100 ? byte ^ 1 : byte)),
    );
    const healed = await place.tksm('projection', 'show', 'throughput', '--json');
    expect(healed.stderr).toContain('it is damaged');
    expect(JSON.parse(healed.stdout)).toEqual(whole);
    const { position } = whole as { position: number };
    expect(
      await place.json('projection', 'rebuild', 'throughput', '--from', String(position - 1)),
    ).toMatchObject({
      from: position - 1,
      position,
      lag: 0,
    });
    expect(await place.json('projection', 'show', 'throughput')).toMatchObject({ kinds: [] });
    const ahead = await place.tksm('projection', 'rebuild', 'throughput', '--from', '99999', '--json');
    expect(ahead.code).toBe(3);
    expect(errorOf(ahead)).toMatchObject({ code: 'MomentInFuture' });
    expect(await place.json('projection', 'drop', 'throughput')).toEqual({ dropped: 'throughput' });
    expect(existsSync(file)).toBe(false);
    expect(await place.json('projection', 'show', 'throughput')).toEqual(whole);
    expect((await place.tksm('projection', 'show', 'nope')).code).toBe(2);
  });

  it('tells when a kernel died, and how the zone was then', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const gate = place.gate();
    const script = `test -e again && exit 0; touch again; echo here > ${gate.file}; exec sleep 60`;
    const runner = place.start([
      'job',
      'submit',
      'shell',
      '--wait',
      '-i',
      shellInput(`cd ${place.folder}; ${script}`),
    ]);
    await gate.passed();
    runner.child.kill('SIGKILL');
    await runner.ended;
    const { position } = await place.json('state', 'digest');
    expect((await place.tksm('var', 'set', 'a', '1')).code).toBe(0);
    expect(await place.json('health', '--at', String(position))).toMatchObject({
      status: 'ok',
      at: { position },
      stage: 'running',
      epoch: 1,
      jobs: { running: 1 },
    });
    expect(await place.json('health', '--at', '-0s')).toMatchObject({
      stage: 'stopped',
      deaths: 1,
      jobs: { queued: 1 },
    });
    const { changes } = (await place.json('projection', 'show', 'health')) as { changes: { why: string }[] };
    expect(changes.map(({ why }) => why)).toEqual([
      ...['new', 'booting', 'running', 'its kernel died, or lost its log, while it was running'],
      ...['booting', 'running', 'draining', 'stopped'],
    ]);
    expect((await place.tksm('projection', 'show', 'health')).stdout).toMatch(/failing .* died/);
    expect((await place.tksm('health', '--at', '0')).code).toBe(0);
    expect((await place.tksm('health', '--at', '9999-01-01')).code).toBe(3);
  });
});
