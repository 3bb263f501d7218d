import type { AttemptLease, Value } from '@tksm/abstractions';
import { standInContext, VirtualClock } from '@tksm/drivers-memory';
import { describe, expect, it } from 'vitest';
import type { HostMessage } from '../wire/messages.ts';
import { Isolate } from './isolate.ts';
import type { IsolateLink, LinkListener } from './isolate-link.ts';

/** An isolate whose every word the test chooses. */
class Puppet {
  readonly clock = new VirtualClock();
  readonly heard: HostMessage[] = [];
  readonly rejected: [string, number][] = [];
  readonly isolate: Isolate;
  killed = 0;
  /** Whether it is watched, and wakes this process up for that. */
  awake = false;
  #listener: LinkListener | undefined;
  #gone: () => void = () => undefined;
  #leaseEnd: () => void = () => undefined;

  /** @param deathMs how long it takes to die of a kill; null: for ever */
  constructor(deathMs: number | null = 0) {
    const gone = new Promise<void>((resolve) => (this.#gone = resolve));
    const link: IsolateLink = {
      label: 'puppet 1',
      gone,
      send: (message) => this.heard.push(JSON.parse(message) as HostMessage),
      wake: () => (this.awake = true),
      rest: () => (this.awake = false),
      kill: () => {
        this.killed += 1;
        if (deathMs !== null) this.clock.after(deathMs, () => this.#gone());
      },
    };
    const plan = {
      ...{ module: 'file:///m.js', handler: 'run', stallMs: 100, leaseMs: 100, env: {}, timers: this.clock },
    };
    const start = (_plan: unknown, listener: LinkListener): IsolateLink => {
      this.#listener = listener;
      return link;
    };
    const times = { startMs: 1_000, abortGraceMs: 500 };
    this.isolate = new Isolate(start, plan, times, () => this.clock.monotonic());
  }

  get listener(): LinkListener {
    if (this.#listener === undefined) throw new Error('it was not started');
    return this.#listener;
  }

  says(message: object): void {
    this.listener.said(JSON.stringify({ job: 'a', epoch: 1, ...message }));
  }

  /** Runs a job; its end as a word: the output, or the code. */
  run(job = 'a', epoch = 1, signal = new AbortController().signal): Promise<Value> {
    const lease: AttemptLease = {
      epoch,
      assign: () => undefined,
      onEnd: (listener) => (this.#leaseEnd = listener),
      reject: (result, under) => this.rejected.push([result, under]),
    };
    const context = standInContext({ job: { id: job } as never, lease, signal });
    const run = this.isolate.run(1, context).catch((error: { code: string }) => error.code);
    run.catch(() => undefined);
    return run;
  }

  endLease(): void {
    this.#leaseEnd();
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advanceBy(ms);
  }
}

const hello = { type: 'hello', protocol: 1 };
const good = { type: 'result', ok: true, value: 'good' };

describe('an isolate', () => {
  it('answers its run', async () => {
    const puppet = new Puppet();
    puppet.says(hello);
    const run = puppet.run();
    await puppet.pass(0);
    expect(puppet.heard).toMatchObject([{ type: 'start', job: 'a', epoch: 1, input: 1 }]);
    puppet.says(good);
    expect(await run).toBe('good');
    expect(puppet.killed).toBe(0);
  });

  it.each([
    ['speaks another version', [{ type: 'hello', protocol: 2 }], 'ProtocolMismatch', []],
    [
      'cannot load its module',
      [{ ...hello, error: { code: 'WorkerUnusable', message: 'no' } }],
      'WorkerUnusable',
      [],
    ],
    ['answers under another epoch', [hello, { ...good, epoch: 7 }], 'WorkerMisbehaved', [['succeeded', 7]]],
    ['answers for another job', [hello, { ...good, job: 'b' }], 'WorkerLost', []],
    [
      'ends a step that it was not asked to run',
      [hello, { ...good, type: 'worked', call: 4 }],
      'WorkerMisbehaved',
      [],
    ],
    [
      'calls what there is not',
      [hello, { type: 'call', call: 1, name: 'constructor', args: [] }],
      'WorkerMisbehaved',
      [],
    ],
    ['says what means nothing', [hello, { type: 'tell', name: 'nothing', args: [] }], 'WorkerMisbehaved', []],
    ['says what does not fit', [hello, { type: 'result', ok: 'maybe' }], 'WorkerMisbehaved', []],
  ])('that %s is killed, and its run ends so', async (_what, says, code, rejected) => {
    const puppet = new Puppet();
    const run = puppet.run();
    for (const message of says) {
      puppet.says(message);
      await puppet.pass(0);
    }
    await puppet.pass(0);
    expect(await run).toBe(code);
    expect(puppet.killed).toBe(1);
    expect(puppet.isolate.isUsable).toBe(false);
    expect(puppet.rejected).toEqual(rejected);
  });

  it('that answers twice has one answer, the other is rejected, and it is not used again', async () => {
    const puppet = new Puppet();
    puppet.says(hello);
    const run = puppet.run();
    await puppet.pass(0);
    puppet.says(good);
    puppet.says({ ...good, value: 'better' });
    expect(await run).toBe('good');
    expect(puppet.rejected).toEqual([['succeeded', 1]]);
    expect(puppet.isolate.isUsable).toBe(false);
  });

  it('that answers for the run before costs the next one its worker, not an attempt', async () => {
    const puppet = new Puppet();
    puppet.says(hello);
    const first = puppet.run('a', 1);
    await puppet.pass(0);
    puppet.says(good);
    await first;
    const second = puppet.run('b', 1);
    await puppet.pass(0);
    puppet.says({ ...good, value: 'late' });
    await puppet.pass(0);
    expect(await second).toBe('WorkerLost');
    expect(puppet.rejected).toEqual([['succeeded', 1]]);
  });

  it('that does not load in time is unusable', async () => {
    const puppet = new Puppet();
    const run = puppet.run();
    await puppet.pass(1_000);
    expect(await run).toBe('WorkerUnusable');
  });

  it('is killed a grace after an abort, and has until then to answer', async () => {
    const puppet = new Puppet();
    puppet.says(hello);
    const abort = new AbortController();
    const run = puppet.run('a', 1, abort.signal);
    await puppet.pass(0);
    abort.abort(new Error('enough'));
    expect(puppet.heard.at(-1)).toMatchObject({ type: 'abort', error: { message: 'enough' } });
    await puppet.pass(499);
    expect(puppet.killed).toBe(0);
    await puppet.pass(1);
    expect(await run).toBe('WorkerLost');
  });

  it('rests when its run was aborted before it could begin', async () => {
    const puppet = new Puppet();
    const abort = new AbortController();
    const run = puppet.run('a', 1, abort.signal);
    abort.abort(Object.assign(new Error('enough'), { code: 'Cancelled' }));
    puppet.says(hello);
    expect(await run).toBe('Cancelled');
    expect(puppet.awake).toBe(false);
    expect(puppet.isolate.isUsable).toBe(true);
  });

  it('is killed at once when its attempt is given up', async () => {
    const puppet = new Puppet();
    puppet.says(hello);
    const run = puppet.run();
    await puppet.pass(0);
    puppet.endLease();
    expect(await run).toBe('LeaseLost');
    expect(puppet.killed).toBe(1);
  });

  it('ends its run when it is gone, or a second after the kill when it does not go', async () => {
    for (const [deathMs, waits] of [
      [300, 300],
      [null, 1_000],
    ] as const) {
      const puppet = new Puppet(deathMs);
      puppet.says(hello);
      let ended = false;
      const run = puppet.run().finally(() => (ended = true));
      await puppet.pass(0);
      puppet.listener.stalled();
      await puppet.pass(waits - 1);
      expect(ended).toBe(false);
      await puppet.pass(1);
      expect(await run).toBe('HandlerStalled');
    }
  });
});
