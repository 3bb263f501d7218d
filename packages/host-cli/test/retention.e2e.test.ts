import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { E2E, Place } from './tksm.ts';

const SETTINGS = JSON.stringify({ retentionKeep: 3, retentionKeepMs: 0, retentionKeepAtMost: 3 });

describe('retired jobs', E2E, () => {
  it('are shown, listed, retried and answered for, with the index or without', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    place.file('tksm.config.json', SETTINGS);
    const submit = async (n: number): Promise<string> => {
      const input = JSON.stringify({ argv: ['sh', '-c', n === 0 ? 'exit 1' : 'true'] });
      const flags = ['--input', input, '--id', `job-${n}`, '--attempts', '1', '--wait', '--json'];
      const { stdout } = await place.tksm('job', 'submit', 'shell', ...flags);
      return (JSON.parse(stdout) as { readonly job: string }).job;
    };
    const failed = await submit(0);
    for (let n = 1; n < 5; n++) await submit(n);
    const index = path.join(place.data, 'index', 'jobs.db');
    expect(existsSync(index)).toBe(true);

    const list = await place.tksm('job', 'ls');
    expect(list.stdout).not.toContain(failed.slice(0, 8));
    expect(list.stderr).toMatch(/settled jobs have retired; --retired lists them/);
    expect((await place.tksm('job', 'ls', '--retired')).stdout).toContain(failed.slice(0, 8));
    const shown = await place.json('job', 'show', failed.slice(0, 10));
    expect(shown['job']).toMatchObject({ id: failed, status: 'failed', retired: true });
    expect(await submit(0)).toBe(failed);

    rmSync(index);
    expect((await place.json('job', 'show', failed))['job']).toMatchObject({ id: failed, retired: true });
    const again = await place.tksm('job', 'retry', failed);
    expect(again.stderr).toMatch(/the job index was made anew from the log/);
    expect((await place.json('job', 'show', failed))['job']).not.toMatchObject({ retired: true });

    expect((await place.tksm('event', 'verify')).stderr).toBe('');
    writeFileSync(index, 'garbage');
    expect((await place.tksm('event', 'verify')).stderr).toMatch(/index\/jobs\.db: rebuildable/);
    expect(await submit(1)).not.toBe(failed);
    expect((await place.tksm('event', 'verify')).code).toBe(0);
  });

  it('are counted by the run that they were jobs of', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    place.file('tksm.config.json', SETTINGS);
    const root = path.join(place.folder, 'tree');
    mkdirSync(root);
    for (let n = 0; n < 40; n++) writeFileSync(path.join(root, String(n)), '');
    const jobs = {
      walk: { kind: 'files.list', input: { root: '${inputs.root}' } },
      hash: {
        kind: 'files.sha256',
        forEach: '${jobs.walk.output.files}',
        input: { root: '${inputs.root}', path: '${item}' },
      },
    };
    const inputs = { root: { type: 'path' } };
    const graph = place.file('graph.yaml', JSON.stringify({ name: 'hash', inputs, jobs }));
    const first = await place.tksm('run', graph, '--input', `root=${root}`);
    expect(first.stdout).toMatch(/hash succeeded: 42 jobs,/);
    const second = await place.tksm('run', graph, '--input', `root=${root}`);
    expect(second.stdout).toMatch(/had succeeded before: (42 jobs|\d+ jobs and those that have retired)$/m);
  });
});
