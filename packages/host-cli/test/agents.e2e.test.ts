import { describe, expect, it } from 'vitest';
import { E2E, errorOf, Place } from './tksm.ts';

const ECHO = '{"argv":["echo","done"]}';

async function spawn(place: Place, ...words: readonly string[]): Promise<string> {
  const spawned = await place.tksm('agent', 'spawn', ...words);
  expect(spawned, spawned.stderr).toMatchObject({ code: 0 });
  expect(spawned.stdout).toMatch(/^[0-9a-f]{32}\n$/);
  return spawned.stdout.trim();
}

describe('tksm agent', E2E, () => {
  it('spawns none without a right, and shows what would steer the terminal in a name', async ({
    onTestFinished,
  }) => {
    const place = new Place(onTestFinished);
    const name = 'a\u001b[31mred';
    const empty = await place.tksm('agent', 'spawn', name);
    expect([empty.code, empty.stderr]).toEqual([2, expect.stringContaining('--right ACTION:RESOURCE')]);
    const spawned = await place.tksm('agent', 'spawn', name, '--right', 'job.submit:shell');
    expect(spawned).toMatchObject({ code: 0, stderr: expect.stringContaining('a\\u001b[31mred') });
    expect(spawned.stderr).not.toContain('\u001b');
  });

  it('spawns agents with less below one another, gives them tasks, and stops them all', async ({
    onTestFinished,
  }) => {
    const place = new Place(onTestFinished);
    const rights = ['--right', 'job.submit:shell', '--right', 'agent.*:self/**'];
    const chief = await spawn(place, 'chief', ...rights, '--expires', '1h', '--description', 'leads');
    const scout = await spawn(place, 'scout', '--parent', 'chief', '--right', 'job.submit:shell');
    const wider = await place.tksm(
      ...['agent', 'spawn', 'thief', '--parent', 'scout', '--right', 'var.set:**', '--json'],
    );
    expect([wider.code, errorOf(wider)['code']]).toEqual([4, 'CapabilityDenied']);

    const task = await place.tksm('agent', 'task', 'scout', 'shell', '-i', ECHO, '--description', 'say so');
    expect(task, task.stderr).toMatchObject({ code: 0 });
    const job = task.stdout.trim();
    expect(await place.json('job', 'show', job)).toMatchObject({ job: { spec: { agent: scout } } });
    const ran = await place.tksm('job', 'watch', job);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    const later = await place.tksm('agent', 'task', scout.slice(0, 8), 'shell', '-i', ECHO, '--in', '10m');
    expect(later, later.stderr).toMatchObject({ code: 0 });
    const refused = await place.tksm(
      'agent',
      'task',
      'scout',
      'module',
      '-i',
      '{"module":"x.mjs"}',
      '--json',
    );
    expect(errorOf(refused)).toMatchObject({
      code: 'CapabilityDenied',
      data: { right: 'job.submit:module' },
    });

    const seen = await place.tksm('agent', 'observe', 'scout', '{"fire":true}', '--topic', 'smoke');
    expect(seen, seen.stderr).toMatchObject({ code: 0, stdout: '' });
    const [, position = ''] = /\(event (\d+)\)/.exec(seen.stderr) ?? [];
    expect(await place.json('audit', position)).toMatchObject({
      event: { type: 'agent.observed', agent: scout, topic: 'smoke' },
      needed: [`agent.observe:${chief}/${scout}`],
    });
    expect((await place.tksm('agent', 'ls', '--plain')).stdout).toMatch(
      new RegExp(`^${chief}\tchief\tlive\t0/0\t0\t\t.*\n${scout}\tscout\tlive\t1/2\t0\t${chief}\t`),
    );
    const shown = (await place.tksm('agent', 'show', 'chief')).stdout;
    expect(shown).toContain('description  leads');
    expect(shown).toMatch(new RegExp(`rights +job\\.submit:shell, agent\\.\\*:${chief}/\\*\\*`));
    expect(shown).toMatch(/└─ scout [0-9a-f]{32}\n {3}├─ succeeded \S+ shell\n {3}└─ delayed \S+ shell/);

    const stopped = await place.tksm('agent', 'stop', 'chief', '--reason', 'enough');
    expect(stopped, stopped.stderr).toMatchObject({ code: 0 });
    expect((await place.json('agent', 'ls'))['agents']).toEqual([]);
    expect((await place.json('agent', 'ls', '--all'))['agents']).toMatchObject([
      { name: 'chief', status: 'stopped', stopped: { reason: 'enough' } },
      { name: 'scout', status: 'stopped' },
    ]);
    expect(errorOf(await place.tksm('agent', 'task', 'scout', 'shell', '-i', ECHO, '--json'))['code']).toBe(
      'AgentStopped',
    );
    const words = (await place.tksm('event', 'ls', '--type', 'agent.*')).stdout;
    expect(words).toMatch(/agent\.observed .*smoke/);
    expect(words).toMatch(/agent\.stopped .*enough/);
    expect((await place.tksm('event', 'verify')).code).toBe(0);
  });

  it('says which agents a text could mean, and which there is none of', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    for (let n = 0; n < 2; n++) await spawn(place, 'twin', '--right', 'job.submit:shell');
    const twins = await place.tksm('agent', 'show', 'twin', '--json');
    expect(errorOf(twins)).toMatchObject({ code: 'UsageError', data: { candidates: { length: 2 } } });
    const nobody = await place.tksm('agent', 'stop', 'nobody', '--json');
    expect([nobody.code, errorOf(nobody)['code']]).toEqual([3, 'AgentNotFound']);
  });
});
