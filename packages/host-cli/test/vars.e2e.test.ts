import { describe, expect, it } from 'vitest';
import { E2E, errorOf, Place } from './tksm.ts';

describe('tksm var', E2E, () => {
  it('sets, reads, lists and deletes', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    expect(await place.tksm('var', 'set', 'greeting', 'hello world')).toMatchObject({ code: 0, stdout: '' });
    expect(await place.tksm('var', 'get', 'greeting')).toMatchObject({
      code: 0,
      stdout: 'hello world\n',
      stderr: '',
    });
    const { etag } = await place.json('var', 'set', 'rate', '{"per":[1,2]}', '--parse');
    expect((await place.tksm('var', 'get', 'rate')).stdout).toBe('{"per":[1,2]}\n');
    expect(await place.json('var', 'get', 'rate')).toMatchObject({
      value: { per: [1, 2] },
      layer: 'runtime',
      etag,
    });
    expect((await place.tksm('var', 'ls', '--plain')).stdout.split('\n')[0]).toMatch(
      /^greeting\truntime\t1\t\d+\thello world$/,
    );
    expect(await place.json('var', 'ls', 'ra')).toMatchObject({ variables: [{ name: 'rate' }] });
    expect((await place.tksm('var', 'rm', 'rate')).code).toBe(0);
    expect((await place.tksm('var', 'get', 'rate')).code).toBe(3);
  });

  it('refuses a change under an old etag, and reads values from files and stdin', async ({
    onTestFinished,
  }) => {
    const place = new Place(onTestFinished);
    const { etag } = await place.json('var', 'set', 'a', '1');
    expect((await place.tksm('var', 'set', 'a', '2', '--if-etag', String(etag))).code).toBe(0);
    const stale = await place.tksm('var', 'set', 'a', '3', '--if-etag', String(etag), '--json');
    expect(stale).toMatchObject({ code: 5, stdout: '' });
    expect(errorOf(stale)).toMatchObject({ code: 'PreconditionFailed', exitCode: 5 });
    expect((await place.tksm('var', 'set', 'a', '3', '--if-absent')).code).toBe(5);
    await place.start(['var', 'set', 'a', '@-'], { input: 'from stdin' }).ended;
    expect((await place.tksm('var', 'get', 'a')).stdout).toBe('from stdin\n');
    expect((await place.tksm('var', 'set', 'a', '@none')).code).toBe(3);
    expect((await place.tksm('var', 'set', 'a', '{', '--parse')).code).toBe(2);
  });

  it('applies a file of changes together, or shows what it would change', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    await place.tksm('var', 'set', 'old', 'x');
    const changes = [
      { op: 'set', name: 'new', value: 1 },
      { op: 'delete', name: 'old' },
    ];
    const file = place.file('changes.json', JSON.stringify({ changes }));
    const before = await place.json('state', 'digest');
    expect(await place.json('var', 'apply', file, '--dry-run')).toMatchObject({
      changes: [
        { name: 'new', before: null, after: '1' },
        { name: 'old', before: 'x', after: null },
      ],
    });
    expect(await place.json('state', 'digest')).toEqual(before);
    expect(await place.json('var', 'apply', file)).toMatchObject({
      variables: [{ name: 'new' }, { name: 'old' }],
    });
    expect(await place.json('var', 'ls')).toMatchObject({ variables: [{ name: 'new', value: 1 }] });
    expect((await place.tksm('var', 'apply', place.file('odd.json', '[]'))).code).toBe(2);
  });

  it('shows the past with --at', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const first = await place.json('var', 'set', 'a', 'one');
    await place.tksm('var', 'set', 'a', 'two');
    const at = String(Number(first['position']) + 1);
    const last = (await place.json('event', 'show', String(first['position'])))['time'];
    const time = new Date(Number(last)).toISOString();
    for (const moment of [at, time]) {
      expect((await place.tksm('var', 'get', 'a', '--at', moment)).stdout).toBe('one\n');
    }
    expect((await place.tksm('var', 'get', 'a', '--at', '0')).code).toBe(3);
  });

  it('follows what another process changes, until it is interrupted', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    await place.tksm('var', 'set', 'a', '1');
    const { child, ended } = place.start(['var', 'watch', '--json', '--from', '0']);
    const lines: { name: string; after: unknown }[] = [];
    const seen = new Promise<void>((resolve) => {
      child.stdout?.on('data', (text: string) => {
        for (const line of text.trimEnd().split('\n')) lines.push(JSON.parse(line) as (typeof lines)[number]);
        if (lines.length === 1) void place.tksm('var', 'set', 'b', '2');
        if (lines.length === 2) resolve();
      });
    });
    await Promise.race([seen, ended]);
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(lines).toMatchObject([
      { name: 'a', after: '1' },
      { name: 'b', after: '2' },
    ]);
  });
});
