import { existsSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { chainGraph, waitingOnce } from './graphs.ts';
import { E2E, errorOf, Place, shellInput } from './tksm.ts';
import type { OnTestFinished, Running } from './tksm.ts';

const SOCKET_FILES = ['tksm.sock', 'tksm.secret', 'tksm.sock.new'];

interface Held {
  readonly place: Place;
  readonly holder: Running;
}

/** A folder that `tksm run` runs: one job of it waits until it is killed. */
async function held(onTestFinished: OnTestFinished): Promise<Held> {
  const place = new Place(onTestFinished);
  const gate = place.gate();
  const graph = chainGraph(place, { a: waitingOnce(gate.file, 'true') });
  const holder = place.start(['run', graph]);
  await gate.passed();
  return { place, holder };
}

function filesOf({ data }: Place): string[] {
  return SOCKET_FILES.filter((name) => existsSync(path.join(data, name)));
}

describe('a second terminal, while tksm run runs', E2E, () => {
  it('submits, waits, changes variables, cancels and retries', async ({ onTestFinished }) => {
    const { place, holder } = await held(onTestFinished);
    const waited = await place.tksm('job', 'submit', 'shell', '--wait', '-i', shellInput('echo out'));
    expect(waited).toMatchObject({ code: 0, stdout: 'out\n' });
    expect(waited.stderr).toContain(`process ${holder.child.pid ?? 0} runs job`);
    expect(await place.json('var', 'set', 'a', '1')).toMatchObject({ name: 'a' });
    const file = place.file('changes.json', '{"changes":[{"op":"set","name":"b","value":2}]}');
    expect((await place.tksm('var', 'apply', file)).code).toBe(0);
    expect((await place.tksm('var', 'get', 'b')).stdout).toBe('2\n');
    expect((await place.tksm('var', 'rm', 'a')).code).toBe(0);
    const { job } = await place.json('job', 'submit', 'shell', '-i', shellInput('sleep 600'));
    expect(await place.json('job', 'cancel', String(job))).toEqual({ cancelled: [job] });
    const watched = await place.tksm('job', 'watch', String(job), '--json');
    expect(watched.code).toBe(1);
    expect(JSON.parse(watched.stdout)).toMatchObject({ job, status: 'cancelled' });
    expect(await place.json('job', 'retry', String(job))).toEqual({ requeued: [job] });
    expect(await place.json('health')).toMatchObject({
      checks: expect.arrayContaining([{ name: "runner's kernel", status: 'ok', detail: 'running' }]),
    });
    expect(holder.child.exitCode).toBeNull();
  });

  it('runs a graph on the folder that another process runs, and resumes nothing that is done', async ({
    onTestFinished,
  }) => {
    const { place, holder } = await held(onTestFinished);
    const jobs = {
      one: { kind: 'shell', input: { argv: ['sh', '-c', 'echo 1'] } },
      two: { kind: 'shell', input: { argv: ['sh', '-c', 'echo 2'] }, dependsOn: ['one'] },
    };
    const graph = place.file('other.yaml', JSON.stringify({ name: 'other', jobs }));
    const ran = await place.tksm('run', graph, '--json');
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain(`process ${holder.child.pid ?? 0} runs this folder`);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      ...{ status: 'succeeded', resumed: false, jobs: { total: 2, succeeded: 2 } },
    });
    expect(await place.json('run', graph)).toMatchObject({ status: 'succeeded', wasDone: true });
    expect(await place.json('run', graph, '--again')).toMatchObject({ status: 'succeeded', wasDone: false });
    const batch = place.file('jobs.ndjson', '{"input":{"argv":["true"]}}\n{"input":{"argv":["true"]}}\n');
    const queued = await place.json('job', 'submit', 'shell', '--file', batch, '--id', 'both');
    expect(queued).toMatchObject({ id: 'both', jobs: [expect.any(String), expect.any(String)], existing: 0 });
    expect(holder.child.exitCode).toBeNull();
  });

  it('is refused as by a kernel of its own', async ({ onTestFinished }) => {
    const { place } = await held(onTestFinished);
    const unknown = await place.tksm('job', 'submit', 'no.such', '--json');
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
    expect(errorOf(unknown)).toMatchObject({ code: 'UnsupportedOperation' });
    const invalid = await place.tksm('job', 'submit', 'shell', '-i', '{"argv":[]}', '--json');
    expect(errorOf(invalid)).toMatchObject({ code: 'InvalidInput', data: { issues: [{ path: 'argv.0' }] } });
    expect((await place.tksm('var', 'set', 'a', '1', '--if-etag', 'never')).code).toBe(5);
  });

  it('leaves the job alone when it is interrupted or out of time', async ({ onTestFinished }) => {
    const { place } = await held(onTestFinished);
    const gate = place.gate();
    const wait = place.start([
      'job',
      'submit',
      'shell',
      '--wait',
      '-i',
      shellInput(`echo > ${gate.file}; sleep 600`),
    ]);
    await gate.passed();
    wait.child.kill('SIGINT');
    const ended = await wait.ended;
    expect(ended.code).toBe(130);
    expect(ended.stderr).toContain('only this command ends');
    const { jobs } = (await place.json('job', 'ls', '--status', 'running')) as { jobs: { id: string }[] };
    expect(jobs).toHaveLength(2);
    const late = await place.tksm('job', 'watch', jobs[1]?.id ?? '', '--timeout', '1s', '--json');
    expect(late.code).toBe(7);
    expect(errorOf(late)['message']).toContain('goes on');
    expect(await place.json('job', 'ls', '--status', 'running')).toMatchObject({ total: 2 });
  });
});

describe('the socket of a data folder', E2E, () => {
  it('is its owner’s alone, and gone after a clean stop', async ({ onTestFinished }) => {
    const { place, holder } = await held(onTestFinished);
    expect(filesOf(place)).toEqual(['tksm.sock', 'tksm.secret']);
    for (const name of filesOf(place)) expect(statSync(path.join(place.data, name)).mode & 0o777).toBe(0o600);
    holder.child.kill('SIGTERM');
    expect((await holder.ended).code).toBe(143);
    expect(filesOf(place)).toEqual([]);
  });

  it('tells who waits that the holder has gone, by exit code 6', async ({ onTestFinished }) => {
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      const { place, holder } = await held(onTestFinished);
      const gate = place.gate();
      const script = `echo > ${gate.file}; exec sleep 600`;
      const wait = place.start(['job', 'submit', 'shell', '--wait', '--json', '-i', shellInput(script)]);
      await gate.passed();
      await wait.said('runs job');
      holder.child.kill(signal);
      await holder.ended;
      const ended = await wait.ended;
      expect(ended).toMatchObject({ code: 6, stdout: '' });
      expect(errorOf(ended)).toMatchObject({
        ...{ code: 'Unreachable', retryable: true },
        next: expect.stringContaining('tksm job watch'),
      });
    }
  });

  it('of a killed process is in nobody’s way, and is replaced by the next holder', async ({
    onTestFinished,
  }) => {
    const { place, holder } = await held(onTestFinished);
    const before = statSync(path.join(place.data, 'tksm.sock')).ino;
    holder.child.kill('SIGKILL');
    await holder.ended;
    expect(filesOf(place)).toHaveLength(2);
    expect((await place.tksm('var', 'set', 'a', '1')).code).toBe(0);
    const gate = place.gate();
    const script = `echo > ${gate.file}; exec sleep 600`;
    const next = place.start(['job', 'submit', 'shell', '--wait', '-i', shellInput(script)]);
    await gate.passed();
    expect(statSync(path.join(place.data, 'tksm.sock')).ino).not.toBe(before);
    expect((await place.tksm('var', 'set', 'a', '2')).code).toBe(0);
    next.child.kill('SIGTERM');
    await next.ended;
    expect(filesOf(place)).toEqual([]);
  });

  it('that breaks before the answer loses and doubles nothing', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const holder = place.startScript('deaf-holder.ts', place.data);
    await holder.said('serving');
    const set = place.start(['var', 'set', 'a', '1', '--json']);
    await holder.said('decided');
    holder.child.kill('SIGKILL');
    const { code, stdout } = await set.ended;
    expect(code).toBe(0);
    const { events } = await place.json('event', 'ls', '--type', 'world.rewritten');
    expect(events).toHaveLength(1);
    expect(events).toMatchObject([{ position: (JSON.parse(stdout) as { position: number }).position }]);
  });

  it('that is missing leaves the folder locked', async ({ onTestFinished }) => {
    const { place, holder } = await held(onTestFinished);
    rmSync(path.join(place.data, 'tksm.sock'));
    const refused = await place.tksm('var', 'set', 'a', '1', '--json');
    expect(refused).toMatchObject({ code: 5, stdout: '' });
    expect(errorOf(refused)).toMatchObject({ code: 'DataFolderLocked', data: { pid: holder.child.pid } });
    expect(await place.json('health')).toMatchObject({ running: true, holder: { pid: holder.child.pid } });
  });

  it('is reached in a folder whose path is longer than a socket’s may be', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const env = { TKSM_DATA_DIR: path.join(place.folder, 'long'.repeat(40), 'data') };
    const gate = place.gate();
    const graph = chainGraph(place, { a: waitingOnce(gate.file, 'true') });
    const holder = place.start(['run', graph], { env });
    await gate.passed();
    expect((await place.start(['var', 'set', 'a', '1'], { env }).ended).code).toBe(0);
    holder.child.kill('SIGTERM');
    expect((await holder.ended).code).toBe(143);
  });
});
