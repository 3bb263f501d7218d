import { describe, expect, it } from 'vitest';
import { E2E, errorOf, Place, shellInput } from './tksm.ts';

async function submitted(place: Place, script: string, ...flags: string[]): Promise<string> {
  const { job } = await place.json('job', 'submit', 'shell', '--input', shellInput(script), ...flags);
  return String(job);
}

describe('tksm job submit', E2E, () => {
  it('runs a job with --wait: its output to stdout, its outcome as the exit code', async ({
    onTestFinished,
  }) => {
    const place = new Place(onTestFinished);
    const good = await place.tksm(
      'job',
      'submit',
      'shell',
      '--wait',
      '--input',
      shellInput('echo out; echo err >&2'),
    );
    expect(good).toMatchObject({ code: 0, stdout: 'out\n' });
    const flags = ['--wait', '--attempts', '1', '--input', shellInput('echo why; exit 3')];
    const bad = await place.tksm('job', 'submit', 'shell', ...flags);
    expect(bad).toMatchObject({ code: 1, stdout: '' });
    expect(bad.stderr).toContain('ProcessFailed');
    expect(bad.stderr).toContain('why');
    const document = await place.tksm('job', 'submit', 'shell', ...flags, '--json');
    expect(document.code).toBe(1);
    expect(JSON.parse(document.stdout)).toMatchObject({
      status: 'failed',
      attempts: 1,
      error: { code: 'ProcessFailed' },
    });
  });

  it('queues durably without running, until something runs the folder', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const ended = await place.tksm(
      'job',
      'submit',
      'shell',
      '--name',
      'mark',
      '--input',
      shellInput('echo ran > ran'),
    );
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[0-9a-f]{32}\n$/) });
    expect(ended.stderr).toContain('queued until something runs this folder');
    const job = ended.stdout.trim();
    await place.tksm('var', 'set', 'other', 'command');
    expect(await place.json('job', 'show', job)).toMatchObject({ job: { status: 'queued', epoch: 0 } });
    expect(() => place.read('ran')).toThrow();
    expect((await place.tksm('job', 'watch', job)).code).toBe(0);
    expect(place.read('ran')).toBe('ran\n');
    expect((await place.tksm('job', 'watch', job)).code).toBe(0);
  });

  it('queues a file of jobs as one batch: all of them or none, once for each id', async ({
    onTestFinished,
  }) => {
    const place = new Place(onTestFinished);
    const line = (name: string, more: object = {}): string =>
      JSON.stringify({ name, input: { argv: ['true'] }, ...more });
    const file = place.file(
      'jobs.ndjson',
      `${line('a')}\n\n${line('b', { dependsOn: [{ name: 'a' }], priority: 9 })}\n`,
    );
    const flags = ['--file', file, '--origin', 'import', '--priority', '2', '--id', 'import-7'];
    const queued = await place.json('job', 'submit', 'shell', ...flags);
    expect(queued).toMatchObject({ id: 'import-7', existing: 0 });
    expect(await place.json('job', 'submit', 'shell', ...flags)).toEqual({ ...queued, existing: 2 });
    const [a, b] = queued.jobs as string[];
    expect(await place.json('job', 'show', a ?? '')).toMatchObject({
      job: { spec: { name: 'a', origin: 'import', priority: 2 } },
    });
    expect(await place.json('job', 'show', b ?? '')).toMatchObject({
      job: { spec: { name: 'b', origin: 'import', priority: 9, dependsOn: [a] } },
    });
    for (const [bad, code, exit] of [
      [`${line('c')}\n{"input":1`, 'InvalidInput', 2],
      [line('c', { retries: 3 }), 'InvalidInput', 2],
      [line('c', { priority: -1 }), 'InvalidSpec', 2],
      [line('c', { dependsOn: [{ name: 'nobody' }] }), 'DependencyUnknown', 3],
    ] as const) {
      const refused = await place.tksm('job', 'submit', 'shell', '-f', place.file('bad', bad), '--json');
      expect(refused.code).toBe(exit);
      expect(errorOf(refused)).toMatchObject({ code });
    }
    expect(((await place.json('job', 'ls')) as { jobs: unknown[] }).jobs.length).toBe(2);
    expect((await place.tksm('job', 'submit', '--file', file, '--wait')).code).toBe(2);
    expect((await place.tksm('job', 'submit')).code).toBe(2);
  });

  it('bundles what is submitted again and again, and remembers a key for a while', async ({
    onTestFinished,
  }) => {
    const place = new Place(onTestFinished);
    const debounce = ['--debounce', '1h', '--debounce-key', 'typed'];
    const first = await submitted(place, 'echo 1', ...debounce);
    expect(await submitted(place, 'echo 2', ...debounce)).toBe(first);
    expect(await place.json('job', 'show', first)).toMatchObject({
      job: { status: 'delayed', spec: { input: { argv: ['sh', '-c', 'echo 2'] } } },
    });
    expect(await place.json('job', 'timeline', first)).toMatchObject({
      spans: [{ kind: 'delayed' }, { kind: 'delayed' }],
    });
    const window = ['--dedup-key', 'k', '--dedup-window', '1h'];
    const once = await submitted(place, 'true', ...window, '--wait');
    expect(await submitted(place, 'true', ...window)).toBe(once);
    expect((await place.tksm('job', 'submit', 'shell', '--debounce', '1h')).code).toBe(2);
    await place.tksm('var', 'set', 'tksm.scheduler.limits', '{"queued":1}', '--parse');
    const full = await place.tksm('job', 'submit', 'shell', '-i', shellInput('true'), '--json');
    expect(errorOf(full)).toMatchObject({ code: 'QueueFull', data: { limit: 1, retryAfterMs: 1_000 } });
    expect((await place.tksm('job', 'cancel', first, '--tree')).code).toBe(0);
    expect((await place.tksm('job', 'cancel', first, '--tree')).code).toBe(0);
  });

  it('tries again after the delays of a table', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const script = 'echo x >> tries; test $(wc -l < tries) -gt 2';
    const job = await submitted(place, script, '--backoff', '1ms,2ms,1h');
    expect((await place.tksm('job', 'watch', job)).code).toBe(0);
    expect(await place.json('job', 'show', job)).toMatchObject({
      job: {
        attempts: 2,
        spec: { retry: { backoff: 'table', delaysMs: [1, 2, 3_600_000], maxAttempts: 4 } },
      },
    });
    expect((await place.tksm('job', 'show', job)).stdout).toContain('4 attempts, after 1ms, 2ms, 1h');
    const wrong = await place.tksm('job', 'submit', 'shell', '--backoff', '1s,soon', '--json');
    expect(wrong.code).toBe(2);
    expect(errorOf(wrong)).toMatchObject({ code: 'UsageError' });
  });

  it('takes the same id for the same job, and input from a file or stdin', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const file = place.file('input.json', shellInput('true'));
    const first = await place.json('job', 'submit', 'shell', '--input', `@${file}`, '--id', 'nightly/7');
    const again = await place.json('job', 'submit', 'shell', '--input', `@${file}`, '--id', 'nightly/7');
    expect(again).toMatchObject({ job: first['job'], existing: true });
    const piped = await place.start(['job', 'submit', 'shell', '-i', '@-', '--json'], {
      input: shellInput('true'),
    }).ended;
    expect(piped.code).toBe(0);
  });

  it('refuses what cannot be a job', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const unknown = await place.tksm('job', 'submit', 'no.such', '--json');
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
    expect(errorOf(unknown)).toMatchObject({ code: 'UnsupportedOperation' });
    expect((await place.tksm('job', 'submit', 'shell', '--input', '{"argv":[]}')).code).toBe(2);
    expect((await place.tksm('job', 'submit', 'shell', '--input', '{argv}')).code).toBe(2);
    expect(
      (await place.tksm('job', 'submit', 'shell', '-i', shellInput('true'), '--priority', '12')).code,
    ).toBe(2);
    expect(
      (await place.tksm('job', 'submit', 'shell', '-i', shellInput('true'), '--after', 'beef')).code,
    ).toBe(3);
  });

  it('gives up after --timeout, and the job goes on next time', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const script = 'test -e again && exit 0; touch again; exec sleep 30';
    const ended = await place.tksm(
      'job',
      'submit',
      'shell',
      '-i',
      shellInput(script),
      '--wait',
      '--timeout',
      '1s',
      '--json',
    );
    expect(ended).toMatchObject({ code: 7, stdout: '' });
    expect(errorOf(ended)).toMatchObject({ code: 'Timeout', exitCode: 7 });
    const { jobs } = (await place.json('job', 'ls')) as { jobs: { id: string; attempts: number }[] };
    expect(jobs).toMatchObject([{ status: 'queued', attempts: 0, interruptions: 1 }]);
    expect((await place.tksm('job', 'watch', jobs[0]?.id ?? '')).code).toBe(0);
  });
});

describe('tksm job', E2E, () => {
  it('lists, shows and draws jobs, by short ids too', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const one = await submitted(place, 'echo one', '--name', 'first', '--run', 'mine');
    const two = await submitted(place, 'echo two', '--after', one, '--run', 'mine');
    const table = (await place.tksm('job', 'ls')).stdout;
    expect(table).toMatch(/^ID\s+NAME\s+KIND\s+STATUS/);
    expect(table).toContain(`${one.slice(0, 8)}  first`);
    expect((await place.tksm('job', 'ls', '--plain')).stdout.split('\n')[0]?.split('\t')[0]).toBe(one);
    expect(await place.json('job', 'ls', '--status', 'blocked')).toMatchObject({
      total: 1,
      jobs: [{ id: two }],
    });
    expect((await place.tksm('job', 'show', two.slice(0, 8))).stdout).toContain(
      `after      ${one.slice(0, 8)}`,
    );
    expect((await place.tksm('job', 'tree', '--run', 'mine')).stdout).toMatch(
      /^mine\n├─ queued.* since \S+\n└─ blocked/,
    );
    expect(await place.json('job', 'tree')).toMatchObject({ trees: [{ run: 'mine', children: [{}, {}] }] });
    expect(await place.json('job', 'show', one, '--events')).toMatchObject({
      events: [{ event: { type: 'job.submitted' } }],
    });
    const missing = await place.tksm('job', 'show', 'ffff0000');
    expect(missing.code).toBe(3);
    expect(missing.stderr).toContain('tksm job ls');
    expect((await place.tksm('job', 'ls', '--all', '--plain')).stdout).toContain('boot.scheduler');
  });

  it('shows jobs as they were with --at', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const one = await submitted(place, 'true');
    const two = await submitted(place, 'true', '--in', '1h');
    await place.json('job', 'cancel', two);
    const position = async (type: string): Promise<string> => {
      const { events } = (await place.json('event', 'ls', '--type', type, '--job', two)) as {
        events: { position: number }[];
      };
      return String(events[0]?.position);
    };
    const [submission, cancellation] = [await position('job.submitted'), await position('job.cancelled')];
    expect(await place.json('job', 'ls', '--at', submission)).toMatchObject({
      jobs: [{ id: one }],
      total: 1,
    });
    expect(await place.json('job', 'ls', '--at', cancellation)).toMatchObject({
      jobs: [{ status: 'queued' }, { id: two, status: 'delayed' }],
    });
    expect(await place.json('job', 'show', two, '--at', cancellation, '--events')).toMatchObject({
      job: { status: 'delayed' },
      events: [{ event: { type: 'job.submitted' } }],
    });
    expect((await place.tksm('job', 'show', two, '--at', submission)).code).toBe(3);
    expect(await place.json('job', 'ls', '--at', '0')).toEqual({ jobs: [], total: 0, retired: 0 });
    expect((await place.tksm('job', 'tree', '--at', cancellation)).stdout).toContain('delayed');
  });

  it('draws the timeline of a job: what it waited for, its attempts, its end', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const one = await submitted(place, 'true');
    const script = `cd ${place.folder} && { test -e again || { touch again; exit 1; }; }`;
    const two = await submitted(place, script, '--after', one, '--attempts', '2', '--name', 'second');
    expect(await place.json('job', 'timeline', two)).toMatchObject({
      job: { id: two, name: 'second', status: 'blocked' },
      attempts: 0,
      spans: [{ kind: 'blocked' }],
    });
    expect((await place.tksm('job', 'watch', two)).code).toBe(0);
    const { spans, ...facts } = (await place.json('job', 'timeline', two)) as {
      spans: { kind: string; from: number; to: number }[];
    };
    expect(facts).toMatchObject({ job: { status: 'succeeded' }, attempts: 2 });
    // Whether it was queued for a while between them is a matter of milliseconds.
    expect(spans.filter(({ kind }) => kind !== 'queued')).toMatchObject([
      { kind: 'blocked' },
      { kind: 'running', lease: { epoch: 1 }, end: 'failed', error: { code: 'ProcessFailed' } },
      { kind: 'delayed' },
      { kind: 'running', lease: { epoch: 2 }, end: 'succeeded' },
    ]);
    expect(spans.slice(1).map(({ from }) => from)).toEqual(spans.slice(0, -1).map(({ to }) => to));
    const drawn = (await place.tksm('job', 'timeline', two)).stdout;
    expect(drawn).toMatch(/^second shell .* succeeded\nsubmitted .* in 2 attempts/);
    expect(drawn).toMatch(/attempt 1 .*█+ .*ProcessFailed/);
    const plain = (await place.tksm('job', 'timeline', two, '--plain')).stdout;
    expect(plain.split('\n')[0]).toMatch(/^\d{4}-.*Z\t\d+\tblocked\t/);
    const { events } = (await place.json('event', 'ls', '--job', two, '--type', 'job.attempt-failed')) as {
      events: { position: number }[];
    };
    expect(await place.json('job', 'timeline', two, '--at', String(events[0]?.position))).toMatchObject({
      job: { status: 'running' },
      attempts: 1,
    });
  });

  it('refuses a moment that the log does not have, and says where it is', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    await submitted(place, 'true');
    const { position } = await place.json('state', 'digest');
    const refused = async (at: string): Promise<unknown> => {
      const ended = await place.tksm('job', 'ls', '--at', at, '--json');
      expect(ended.stdout).toBe('');
      return errorOf(ended);
    };
    const inFuture = { code: 'MomentInFuture', exitCode: 3, data: { events: position } };
    expect(await refused(String(Number(position) + 1))).toMatchObject(inFuture);
    expect(await refused('9999-12-31')).toMatchObject(inFuture);
    expect(await refused('2001-01-01')).toMatchObject({ code: 'MomentBeforeLog', exitCode: 3 });
    expect(await refused('2026-11-21T06:00')).toMatchObject({ code: 'UsageError', exitCode: 2 });
    expect((await place.tksm('job', 'ls', '--at', '9999-12-31')).stderr).toContain('tksm event tail -n 1');
    expect((await place.tksm('job', 'ls', '--at', String(position))).code).toBe(0);
  });

  it('cancels one, or what is left of a run after being told yes', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const one = await submitted(place, 'true', '--run', 'r');
    await submitted(place, 'true', '--run', 'r');
    await submitted(place, 'true', '--run', 'r');
    expect(await place.json('job', 'cancel', one, '--reason', 'why not')).toEqual({ cancelled: [one] });
    expect((await place.tksm('job', 'cancel', one)).code).toBe(2);
    expect((await place.tksm('job', 'cancel', '--run', 'r')).code).toBe(2);
    expect((await place.json('job', 'cancel', '--run', 'r', '--dry-run'))['would']).toHaveLength(2);
    expect((await place.json('job', 'cancel', '--run', 'r', '--yes'))['cancelled']).toHaveLength(2);
    expect(await place.json('job', 'ls', '--status', 'cancelled')).toMatchObject({ total: 3 });
    expect((await place.tksm('job', 'cancel')).code).toBe(2);
  });

  it('retries what failed', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const script = 'test -e ok || exit 1';
    const flags = ['--attempts', '1', '--wait', '--json', '-i', shellInput(script)];
    const { job } = JSON.parse((await place.tksm('job', 'submit', 'shell', ...flags)).stdout) as {
      job: string;
    };
    place.file('ok', '');
    expect(await place.json('job', 'retry', job)).toEqual({ requeued: [job] });
    expect((await place.tksm('job', 'watch', job)).code).toBe(0);
    expect((await place.tksm('job', 'retry', job)).code).toBe(2);
  });

  it('watches a job that another process runs', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const gate = place.gate();
    const [started, go] = [gate, place.gate()];
    const script = `echo go > ${started.file}; read line < ${go.file}; echo $line`;
    const runner = place.start(['job', 'submit', 'shell', '--wait', '-i', shellInput(script)]);
    await started.passed();
    const { jobs } = (await place.json('job', 'ls')) as { jobs: { id: string }[] };
    const watcher = place.start(['job', 'watch', jobs[0]?.id ?? '']);
    await watcher.said('following');
    const { writeFile } = await import('node:fs/promises');
    await writeFile(go.file, 'done\n');
    expect(await watcher.ended).toMatchObject({ code: 0, stdout: 'done\n' });
    expect((await runner.ended).code).toBe(0);
  });
});
