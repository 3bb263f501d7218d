import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { chainGraph, waitingOnce } from './graphs.ts';
import { BINARY, E2E, errorOf, Place } from './tksm.ts';

describe('tksm run', E2E, () => {
  it('runs a graph to its end, says so when it is done, and starts anew when told', async ({
    onTestFinished,
  }) => {
    const place = new Place(onTestFinished);
    const graph = chainGraph(place, { a: 'echo a >> ran', b: 'echo b >> ran' });
    expect((await place.json('run', graph, '--dry-run'))['jobs']).toMatchObject([
      { name: 'a', status: 'new', after: [] },
      { name: 'b', status: 'new', after: ['a'] },
    ]);
    expect((await place.tksm('health')).code).toBe(3);
    const first = await place.json('run', graph);
    expect(first).toMatchObject({
      name: 'chain',
      status: 'succeeded',
      wasDone: false,
      jobs: { total: 2, succeeded: 2 },
    });
    expect((await place.tksm('state', 'digest')).stdout.trim()).toBe(first['digest']);
    const again = await place.tksm('run', graph);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('had succeeded before') });
    expect((await place.tksm('state', 'digest')).stdout.trim()).toBe(first['digest']);
    const anew = await place.json('run', graph, '--again');
    expect(anew).toMatchObject({ run: `${String(first['run'])}/2`, status: 'succeeded' });
    expect(place.read('ran')).toBe('a\nb\na\nb\n');
    const other = await place.json('run', graph, '--input', 'extra=1');
    expect(other['run']).not.toBe(first['run']);
  });

  it('exits 1 when a job fails, says which, and goes on after a retry', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const graph = chainGraph(place, { a: 'echo a >> ran', b: 'test -e ok', c: 'echo c >> ran' });
    const failed = await place.tksm('run', graph);
    expect(failed).toMatchObject({ code: 1, stdout: expect.stringContaining('1 of 3 jobs succeeded') });
    expect(failed.stderr).toMatch(/b failed: sh exited with 1/);
    const document = JSON.parse((await place.tksm('run', graph, '--json')).stdout) as Record<string, unknown>;
    expect(document).toMatchObject({
      status: 'failed',
      wasDone: true,
      troubled: [{ name: 'b' }, { name: 'c' }],
    });
    place.file('ok', '');
    await place.tksm('job', 'retry', '--run', String(document['run']));
    expect((await place.tksm('run', graph)).code).toBe(0);
    expect(place.read('ran')).toBe('a\nc\n');
  });

  it('ends when what is left waits for a person, and says so again', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const jobs = {
      a: { kind: 'shell', retry: { maxAttempts: 1 }, input: { argv: ['false'] } },
      b: { kind: 'shell', dependsOn: ['a'], onDependencyFailure: 'hold', input: { argv: ['true'] } },
      c: { kind: 'shell', dependsOn: ['b'], input: { argv: ['true'] } },
    };
    const graph = place.file('held.yaml', JSON.stringify({ name: 'held', jobs }));
    for (const resumed of [false, true]) {
      const ended = await place.tksm('run', graph, '--json');
      expect(ended.code).toBe(1);
      const counts = { failed: 1, held: 1, open: 1 };
      expect(JSON.parse(ended.stdout)).toMatchObject({ status: 'held', resumed, jobs: counts });
    }
    expect((await place.tksm('health')).stdout).toContain('1 held');
  });

  it('resumes after kill -9, and repeats nothing that completed', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const gate = place.gate();
    const graph = chainGraph(place, {
      a: 'echo a >> ran',
      b: waitingOnce(gate.file, 'echo b >> ran'),
      c: 'echo c >> ran',
    });
    const { child, ended } = place.start(['run', graph]);
    await gate.passed();
    child.kill('SIGKILL');
    expect((await ended).signal).toBe('SIGKILL');
    expect((await place.tksm('event', 'verify')).code).toBe(0);
    expect(await place.json('run', graph)).toMatchObject({
      status: 'succeeded',
      resumed: true,
      jobs: { total: 3 },
    });
    expect(place.read('ran')).toBe('a\nb\nc\n');
    const { digest } = await place.json('state', 'digest');
    expect((await place.tksm('replay', '--expect', String(digest))).code).toBe(0);
  });

  it('names the file, the line and the cycle of a graph that cannot run, and writes nothing', async ({
    onTestFinished,
  }) => {
    const place = new Place(onTestFinished);
    const jobs = { a: { kind: 'shell', dependsOn: ['b'] }, b: { kind: 'shell', dependsOn: ['a'] } };
    const file = place.file('cycle.yaml', JSON.stringify({ name: 'x', jobs }));
    const cycle = await place.tksm('run', file, '--json');
    expect(cycle.code).toBe(2);
    expect(errorOf(cycle)).toMatchObject({ code: 'DependencyCycle', data: { cycle: ['a', 'b', 'a'] } });
    expect((await place.tksm('run', path.join(place.folder, 'none'))).code).toBe(3);
    expect((await place.tksm('run', file, '--input', 'novalue')).code).toBe(2);
    expect((await place.tksm('health')).code).toBe(3);
  });

  it('gives up after --timeout with 7, and goes on next time', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const graph = chainGraph(place, { a: waitingOnce('/dev/null', 'echo a >> ran') });
    expect((await place.tksm('run', graph, '--timeout', '4s')).code).toBe(7);
    expect((await place.tksm('run', graph)).code).toBe(0);
    expect(place.read('ran')).toBe('a\n');
  });

  it('hashes a tree of files, as sha256sum does', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const root = path.join(place.folder, 'tree');
    mkdirSync(root);
    for (let at = 0; at < 50; at++) writeFileSync(path.join(root, `file ${at}`), String(at));
    const jobs = {
      walk: { kind: 'files.list', input: { root: '${inputs.root}' } },
      hash: {
        kind: 'files.sha256',
        forEach: '${jobs.walk.output.files}',
        input: { root: '${inputs.root}', path: '${item}' },
      },
    };
    const graph = { name: 'hash', inputs: { root: { type: 'path' } }, jobs };
    const file = place.file('hash.yaml', JSON.stringify(graph));
    const done = await place.json('run', file, '--input', `root=${root}`);
    expect(done).toMatchObject({ status: 'succeeded', jobs: { total: 52, succeeded: 52 } });
    const found = (await place.json('job', 'ls', '--kind', 'files.sha256', '--all')) as {
      jobs: { outcome: { output: { path: string; sha256: string } } }[];
    };
    for (const { outcome } of found.jobs) {
      const bytes = readFileSync(path.join(root, outcome.output.path));
      expect(outcome.output.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    }
  });

  it('draws one progress bar on a terminal', ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const graph = chainGraph(place, { a: 'sleep 0.5', b: 'true' });
    const command = `${process.execPath} ${BINARY} run ${graph} --data ${place.data}`;
    // `script` comes with util-linux; elsewhere there is no terminal to try.
    const program = 'command -v script >/dev/null || exit 77; script -qec "$0" /dev/null';
    const { stdout, status } = spawnSync('sh', ['-c', program, `stty cols 100; ${command}`], {
      encoding: 'utf8',
      env: { ...process.env, TERM: 'xterm' },
    });
    if (status === 77) return;
    expect(stdout).toMatch(/░.* 0\/2 .*1 running/);
    expect(stdout.replaceAll(/\u001b\[[0-9;]*m/g, '')).toMatch(/✓ chain succeeded: 2 jobs/);
  });
});
