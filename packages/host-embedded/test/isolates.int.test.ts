import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { isKernelError } from '@tksm/abstractions';
import type { JobId, Logger } from '@tksm/abstractions';
import { isolatedKind } from '@tksm/host-embedded';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  eventsOf,
  exists,
  gone,
  HANDLERS,
  isolated,
  isolatesBelow,
  pidOf,
  storyOf,
  until,
  withIsolated,
} from './isolated/isolated-kernel.ts';

const DOOMED = path.join(import.meta.dirname, 'isolated/doomed-kernel.ts');

/** A message that is well-formed and harmless. */
const BEAT = '{"type":"tell","job":"$job","epoch":$epoch,"name":"heartbeat","args":[]}\n';

const once = { retry: { maxAttempts: 2, initialDelayMs: 0 } };
const code = (expected: string) => ({ status: 'failed', error: { code: expected } });

describe.each(['thread', 'process'] as const)('a handler in a %s', (place) => {
  it('has the same context as in the kernel', () =>
    withIsolated([isolated('all', { in: place })], async (kernel) => {
      const { job } = await kernel.enqueue({ kind: 'all', input: { n: 21 } }, kernel.operator);
      const outcome = await kernel.outcome(job);
      expect(outcome).toMatchObject({
        status: 'succeeded',
        output: { bytes: 300_000, value: { twice: 42 }, attempt: 1, epoch: 1, big: { $bigint: '7' } },
      });
      const jobs = await kernel.read(({ jobs: all, vars }) => ({
        children: [...all.list({ parent: job })].map(({ spec }) => spec.input),
        variable: vars.get('isolated')?.value,
        steps: all.get(job)?.steps,
      }));
      expect(jobs).toEqual({
        children: ['from inside'],
        variable: { twice: 42 },
        steps: [{ name: 'first', output: { twice: 42 } }],
      });
      expect(await storyOf(kernel, job)).toContain('assigned');
    }));

  it('prints into the log of its job, which is bounded', async () => {
    const lines: string[] = [];
    const logger: Logger = {
      log: (level, message) => void lines.push(`${level} ${message}`),
      child: () => logger,
    };
    await withIsolated(
      [isolated('chatter', { in: place })],
      async (kernel) => {
        const { job } = await kernel.enqueue({ kind: 'chatter' }, kernel.operator);
        expect(await kernel.outcome(job)).toEqual({ status: 'succeeded', output: 'said' });
      },
      { logger },
    );
    const expected = ['info printed', 'info in two lines', 'warn complained', 'info logged'];
    expect(lines).toEqual(expect.arrayContaining(expected));
    expect(lines).toContain('info the handler logs too much; the rest is dropped');
    expect(lines.filter((line) => line === 'info logged').length).toBeLessThan(1_000);
  });

  it('does not keep a process alive that has nothing else to do', async () => {
    const script = path.join(import.meta.dirname, 'isolated/unstopped-kernel.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [script, place], { timeout: 30_000 });
    expect(stdout).toContain('succeeded');
  });

  it('may sleep and wait for messages without a slot; its isolate goes when the attempt ends there', () =>
    withIsolated([isolated('rest', { in: place })], async (kernel) => {
      const { job } = await kernel.enqueue({ kind: 'rest' }, kernel.operator);
      await until(kernel, job, 'job.suspended', 2);
      await kernel.perform({ kind: 'inbox.send', input: { job, topic: 'go', body: 'now' } }, kernel.operator);
      expect(await kernel.outcome(job)).toEqual({
        status: 'succeeded',
        output: { body: 'now', epoch: 3 },
      });
      expect(await storyOf(kernel, job)).not.toContain('result-rejected');
    }));

  it('is killed when it blocks its loop; the attempt counts, and another is leased under a higher epoch', () =>
    withIsolated([isolated('blockOnce', { in: place, stallMs: 500, ...once })], async (kernel) => {
      const { job } = await kernel.enqueue({ kind: 'blockOnce', input: { ms: 60_000 } }, kernel.operator);
      expect(await kernel.outcome(job)).toEqual({ status: 'succeeded', output: 'second' });
      const view = await kernel.read(({ jobs }) => jobs.get(job));
      expect(view).toMatchObject({ epoch: 2, attempts: 1, lastError: { code: 'HandlerStalled' } });
    }));

  it('may block its loop for less than that, and is not taken for lost meanwhile', () =>
    withIsolated([isolated('block', { in: place, stallMs: 20_000, leaseMs: 500 })], async (kernel) => {
      const { job } = await kernel.enqueue({ kind: 'block', input: { ms: 1_500 } }, kernel.operator);
      expect(await kernel.outcome(job)).toEqual({ status: 'succeeded', output: 'unblocked' });
      expect((await kernel.read(({ jobs }) => jobs.get(job)))?.epoch).toBe(1);
    }));

  it.each([
    ['exits', 'exit', null, 'HandlerFailed'],
    ['throws where nobody catches', 'crash', null, 'HandlerFailed'],
    ['uses up its memory', 'hoard', null, 'ResourcesExhausted'],
    ['answers more than a message takes', 'huge', null, 'PayloadTooLarge'],
    ['is no function', 'noFunction', null, 'WorkerUnusable'],
    ['claims that its worker was lost', 'fail', { code: 'WorkerLost' }, 'HandlerFailed'],
    ['throws', 'fail', { code: '' }, 'HandlerFailed'],
  ] as const)('that %s fails its job, and the kernel goes on', (_what, handler, input, expected) =>
    withIsolated([isolated(handler, { in: place, heapMb: 32 })], async (kernel) => {
      const { job } = await kernel.enqueue({ kind: handler, input }, kernel.operator);
      expect(await kernel.outcome(job)).toMatchObject(code(expected));
      expect(kernel.phase).toBe('running');
    }),
  );

  it('ends when it is told to, by a cancel', () =>
    withIsolated([isolated('wait', { in: place })], async (kernel) => {
      const { job } = await kernel.enqueue({ kind: 'wait' }, kernel.operator);
      await until(kernel, job, 'job.stepped');
      await kernel.perform({ kind: 'job.cancel', input: { job } }, kernel.operator);
      expect(await kernel.outcome(job)).toMatchObject({ status: 'cancelled' });
    }));

  it('is interrupted by a drain, which burns no attempt', () =>
    withIsolated([isolated('wait', { in: place })], async (kernel) => {
      const { job } = await kernel.enqueue({ kind: 'wait' }, kernel.operator);
      await until(kernel, job, 'job.stepped');
      await kernel.drain();
      expect((await until(kernel, job, 'job.interrupted')).reason).toBe('drain');
      expect(await kernel.read(({ jobs }) => jobs.get(job))).toMatchObject({ attempts: 0, status: 'queued' });
    }));

  it('that does not hear is killed after its grace', () =>
    withIsolated([isolated('deaf', { in: place, abortGraceMs: 50 })], async (kernel) => {
      const { job } = await kernel.enqueue({ kind: 'deaf' }, kernel.operator);
      await until(kernel, job, 'job.assigned');
      await kernel.perform({ kind: 'job.cancel', input: { job } }, kernel.operator);
      expect(await kernel.outcome(job)).toMatchObject({ status: 'cancelled' });
    }));

  it('that answers after its timeout is rejected', () =>
    withIsolated([isolated('late', { in: place, timeoutMs: 1_500 })], async (kernel) => {
      const { job } = await kernel.enqueue({ kind: 'late' }, kernel.operator);
      expect(await kernel.outcome(job)).toMatchObject(code('TimedOut'));
      await until(kernel, job, 'job.result-rejected');
      expect(await storyOf(kernel, job)).toEqual([
        'submitted',
        'leased',
        'assigned',
        'failed',
        'result-rejected',
      ]);
    }));
});

describe('a process that is killed', () => {
  it('is lost: its job is leased anew within a second, and what it completed is not repeated', () =>
    withIsolated([isolated('wait')], async (kernel) => {
      const { job } = await kernel.enqueue({ kind: 'wait' }, kernel.operator);
      const pid = pidOf(await until(kernel, job, 'job.assigned'));
      await until(kernel, job, 'job.stepped');
      const killedAt = performance.now();
      process.kill(pid, 'SIGKILL');
      const interrupted = await until(kernel, job, 'job.interrupted');
      const next = pidOf(await until(kernel, job, 'job.assigned', 2));
      const tookMs = performance.now() - killedAt;
      expect(interrupted.reason).toBe('worker-lost');
      expect(tookMs).toBeLessThan(6_000);
      console.log(`from SIGKILL to the next lease: ${tookMs.toFixed(1)} ms`);
      expect(next).not.toBe(pid);
      expect(exists(pid)).toBe(false);
      await kernel.perform({ kind: 'job.cancel', input: { job } }, kernel.operator);
      await kernel.outcome(job);
      const steps = (await eventsOf(kernel, job)).filter(({ type }) => type === 'job.stepped');
      expect(steps).toHaveLength(1);
      expect(await kernel.read(({ jobs }) => jobs.get(job))).toMatchObject({ attempts: 0, workersLost: 1 });
    }));

  it('is lost, too, when it only stands still', () =>
    withIsolated([isolated('wait', { leaseMs: 500 })], async (kernel) => {
      const { job } = await kernel.enqueue({ kind: 'wait' }, kernel.operator);
      const pid = pidOf(await until(kernel, job, 'job.assigned'));
      await until(kernel, job, 'job.stepped');
      process.kill(pid, 'SIGSTOP');
      expect((await until(kernel, job, 'job.interrupted')).reason).toBe('worker-lost');
      await until(kernel, job, 'job.assigned', 2);
      expect(exists(pid)).toBe(false);
    }));
});

describe('what the handler of a killed process had started', () => {
  it('ends with it', () =>
    withIsolated([isolated('brood')], async (kernel) => {
      const { job } = await kernel.enqueue({ kind: 'brood' }, kernel.operator);
      const pid = pidOf(await until(kernel, job, 'job.assigned'));
      const { output } = await until(kernel, job, 'job.stepped');
      process.kill(pid, 'SIGKILL');
      await until(kernel, job, 'job.interrupted');
      await gone(Number(output));
    }));
});

describe('a process that lies', () => {
  const forged = (epoch: string): string =>
    `{"type":"result","job":"$job","epoch":${epoch},"ok":true,"value":"forged"}`;

  it('about its epoch is rejected, and fails its attempt', () =>
    withIsolated([isolated('forge')], async (kernel) => {
      const input = { text: forged('99'), then: 'honest' };
      const { job } = await kernel.enqueue({ kind: 'forge', input }, kernel.operator);
      expect(await kernel.outcome(job)).toMatchObject(code('WorkerMisbehaved'));
      const rejected = (await eventsOf(kernel, job)).filter(({ type }) => type === 'job.result-rejected');
      expect(rejected).toMatchObject([{ epoch: 99, result: 'succeeded' }]);
    }));

  it('by answering twice has one answer; the other is rejected, and it is used no more', () =>
    withIsolated([isolated('forge')], async (kernel) => {
      const input = { text: forged('$epoch'), then: 'honest' };
      const { job } = await kernel.enqueue({ kind: 'forge', input }, kernel.operator);
      expect(await kernel.outcome(job)).toEqual({ status: 'succeeded', output: 'forged' });
      await until(kernel, job, 'job.result-rejected');
      const next = await kernel.enqueue(
        { kind: 'forge', input: { text: forged('1'), then: 0 } },
        kernel.operator,
      );
      await kernel.outcome(next.job);
      const [one, two] = [
        await until(kernel, job, 'job.assigned'),
        await until(kernel, next.job, 'job.assigned'),
      ];
      expect(two.worker).not.toBe(one.worker);
    }));

  it.each([
    ['writes what is no message', { text: 'garbage\n', times: 1 }],
    ['writes a message that does not fit', { text: '{"type":"result"}\n', times: 1 }],
    ['writes a line without an end', { text: 'x'.repeat(60_000), times: 1_000 }],
    ['floods', { text: BEAT.repeat(500), times: 1_000 }],
  ])('or %s is ended, and the kernel goes on', (_what, input) =>
    withIsolated([isolated('garbage')], async (kernel) => {
      const { job } = await kernel.enqueue({ kind: 'garbage', input }, kernel.operator);
      expect(await kernel.outcome(job)).toMatchObject(code('WorkerMisbehaved'));
      expect(kernel.phase).toBe('running');
    }),
  );
});

describe('a pool', () => {
  it('runs as many jobs side by side as it has isolates, uses them again, and replaces them in time', () =>
    withIsolated([isolated('echo', { concurrency: 2, maxRuns: 3 })], async (kernel) => {
      const commands = Array.from({ length: 12 }, (_, n) => ({ kind: 'echo', input: n }));
      const receipts = await kernel.enqueueAll(commands, kernel.operator);
      const outcomes = await Promise.all(receipts.map(({ job }) => kernel.outcome(job)));
      expect(outcomes.map((outcome) => outcome.status === 'succeeded' && outcome.output)).toEqual(
        commands.map(({ input }) => input),
      );
      const workers = new Map<string, number>();
      for (const { job } of receipts) {
        const { worker } = await until(kernel, job, 'job.assigned');
        workers.set(worker, (workers.get(worker) ?? 0) + 1);
      }
      expect(Math.max(...workers.values())).toBe(3);
      expect(workers.size).toBeGreaterThanOrEqual(4);
    }));

  it('leaves nothing behind when the kernel has stopped', async () => {
    let pids: number[] = [];
    await withIsolated([isolated('deaf'), isolated('echo')], async (kernel) => {
      const { job } = await kernel.enqueue({ kind: 'deaf' }, kernel.operator);
      const idle = await kernel.enqueue({ kind: 'echo', input: 1 }, kernel.operator);
      await kernel.outcome(idle.job);
      pids = [await until(kernel, job, 'job.assigned'), await until(kernel, idle.job, 'job.assigned')].map(
        pidOf,
      );
    });
    expect(pids.map(exists)).toEqual([false, false]);
    for (const pid of pids) expect(isolatesBelow(process.pid)).not.toContain(pid);
  });
});

describe('a kernel that is killed with work in an isolate', () => {
  it('recovers it at once after its restart; the isolate has died with it', async () => {
    const data = mkdtempSync(path.join(tmpdir(), 'tksm-isolates-'));
    onTestFinished(() => {
      rmSync(data, { recursive: true, force: true });
    });
    const doomed = spawn(process.execPath, [DOOMED, data], { stdio: ['ignore', 'pipe', 'inherit'] });
    const said = await new Promise<Buffer>((resolve) => doomed.stdout.once('data', resolve));
    const { job, pid } = JSON.parse(said.toString()) as { readonly job: JobId; readonly pid: number };
    expect(exists(pid)).toBe(true);
    const dead = new Promise((resolve) => doomed.once('exit', resolve));
    doomed.kill('SIGKILL');
    await dead;
    const restartedAt = performance.now();
    await withIsolated(
      [isolated('wait')],
      async (kernel) => {
        expect((await until(kernel, job, 'job.interrupted')).reason).toBe('incarnation-ended');
        await until(kernel, job, 'job.leased', 2);
        console.log(`from restart to the next lease: ${(performance.now() - restartedAt).toFixed(1)} ms`);
        await until(kernel, job, 'job.assigned', 2);
        await gone(pid);
        const steps = (await eventsOf(kernel, job)).filter(({ type }) => type === 'job.stepped');
        expect(steps).toHaveLength(1);
      },
      { data },
    );
  });
});

it.each([
  ['a module that is not there', { module: new URL('./nowhere.js', HANDLERS) }],
  ['a module that is no file', { module: new URL('https://example.org/handler.js') }],
  ['no room to block', { stallMs: 0 }],
  ['half an isolate', { concurrency: 0.5 }],
])('refuses a kind with %s', (_what, more) => {
  const define = (): unknown => isolatedKind({ name: 'bad', module: HANDLERS, in: 'thread', ...more });
  try {
    define();
    expect.unreachable();
  } catch (error) {
    expect(isKernelError(error, 'InvalidSpec')).toBe(true);
  }
});
