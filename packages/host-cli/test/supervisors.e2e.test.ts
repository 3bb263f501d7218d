import { describe, expect, it } from 'vitest';
import { E2E, errorOf, Place } from './tksm.ts';

/** A child that says that it runs, through a pipe, and goes on. */
const lasting = (id: string, gate: string, more: object = {}): object => ({
  ...{ id, kind: 'shell', input: { argv: ['sh', '-c', `echo ${id} > "${gate}"; exec sleep 600`] } },
  ...more,
});
const failing = { id: 'bad', kind: 'shell', input: { argv: ['false'] } };

describe('tksm supervisor', E2E, () => {
  it('runs children, shows them, and goes on after kill -9', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const gate = place.gate();
    const nested = {
      id: 'pair',
      supervisor: { strategy: 'one-for-all', children: [lasting('in', gate.file)] },
    };
    const file = place.file('shop.json', JSON.stringify({ id: 'shop', children: [nested] }));
    const first = place.start(['supervisor', 'start', file, '--wait']);
    expect(await gate.passed()).toBe('in\n');
    const shown = await place.json('supervisor', 'show', 'shop');
    expect(shown).toMatchObject({ id: 'shop', below: [{ id: 'shop/pair', children: [{ starts: 1 }] }] });
    first.child.kill('SIGKILL');
    await first.ended;
    const second = place.start(['supervisor', 'watch', 'shop']);
    expect(await gate.passed()).toBe('in\n');
    expect(await place.json('supervisor', 'show', 'shop')).toMatchObject({
      below: [{ children: [{ starts: 1 }] }],
    });
    expect((await place.tksm('job', 'tree')).stdout).toMatch(
      /supervisor shop\n└─ .*supervisor shop\/pair\n {3}└─ running .* in shell/,
    );
    expect((await place.tksm('supervisor', 'show', 'shop')).stdout).toContain(
      'shop/pair running one-for-all',
    );
    expect((await place.tksm('supervisor', 'stop', 'shop')).code).toBe(0);
    expect(await second.ended).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('was stopped') as string,
    });
  });

  it('gives up on a child that fails too often, and says so until it is stopped', async ({
    onTestFinished,
  }) => {
    const place = new Place(onTestFinished);
    const shop = JSON.stringify({ id: 'shop', intensity: 2, periodMs: 60_000, children: [failing] });
    const ended = await place.start(['supervisor', 'start', '-', '--wait'], { input: shop }).ended;
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('shop gave up') as string });
    const jobs = (await place.json('job', 'ls'))['jobs'];
    expect(jobs).toMatchObject([{ status: 'failed' }, { status: 'failed' }, { status: 'failed' }]);
    expect((await place.tksm('supervisor', 'ls', '--plain')).stdout).toMatch(
      /^shop\tgave up\tone-for-one\t0\/1\t/,
    );
    expect((await place.tksm('health')).stdout).toMatch(/supervisors +degraded +shop gave up/);
    expect((await place.tksm('supervisor', 'watch', 'shop')).code).toBe(1);
    expect((await place.tksm('supervisor', 'stop', 'shop')).code).toBe(0);
    expect((await place.json('supervisor', 'ls'))['supervisors']).toEqual([]);
  });

  it('adds, stops, starts again and removes children', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const shop = JSON.stringify({ id: 'shop', children: [] });
    expect((await place.start(['supervisor', 'start', '-'], { input: shop }).ended).stdout).toBe('shop\n');
    expect((await place.tksm('supervisor', 'add', 'shop', JSON.stringify(failing))).code).toBe(0);
    expect(errorOf(await place.tksm('supervisor', 'rm', 'shop', 'bad', '--json'))).toMatchObject({
      code: 'InvalidOperation',
    });
    for (const verb of ['stop', 'restart', 'stop', 'rm']) {
      expect(await place.json('supervisor', verb, 'shop', 'bad')).toEqual({
        supervisor: 'shop',
        child: 'bad',
      });
    }
    expect(await place.json('supervisor', 'show', 'shop')).toMatchObject({ children: [] });
  });

  it('refuses what is no supervisor, and one that is not there', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const within = (name: string): object => ({ children: [{ id: 'in', supervisor: name }] });
    const ring = JSON.stringify({ id: 'ring', ...within('a'), supervisors: { a: within('a') } });
    const refused = await place.start(['supervisor', 'start', '-', '--json'], { input: ring }).ended;
    expect([refused.code, errorOf(refused)]).toMatchObject([
      2,
      { code: 'SupervisorCycle', data: { cycle: ['a', 'a'] } },
    ]);
    const missing = await place.tksm('supervisor', 'show', 'nowhere', '--json');
    expect([missing.code, errorOf(missing)]).toMatchObject([3, { code: 'SupervisorNotFound' }]);
  });
});
