import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { E2E, errorOf, Place } from './tksm.ts';

describe('tksm doctor --repair', E2E, () => {
  it('needs no repair, makes anew what it can, and refuses to lose events unless told to', async ({
    onTestFinished,
  }) => {
    const place = new Place(onTestFinished);
    for (const region of ['a', 'b', 'c'])
      expect((await place.tksm('var', 'set', 'region', region)).code).toBe(0);
    expect((await place.tksm('doctor', '--repair')).stderr).toContain('needs no repair');

    const log = path.join(place.data, 'log');
    writeFileSync(path.join(log, 'HEAD'), Buffer.alloc(8192));
    const dry = await place.tksm('doctor', '--repair', '--dry-run');
    expect(dry).toMatchObject({ code: 0, stderr: expect.stringContaining('make anew: log/HEAD') as string });
    expect((await place.tksm('doctor', '--repair')).code).toBe(2);
    expect((await place.tksm('doctor', '--repair', '--yes')).code).toBe(0);
    expect((await place.tksm('event', 'verify')).stderr).toBe('');

    const segment = path.join(log, readdirSync(log).find((name) => name.endsWith('.seg')) ?? '');
    const bytes = readFileSync(segment);
    const at = bytes.lastIndexOf('"b"');
    bytes[at + 1] = 'x'.charCodeAt(0);
    writeFileSync(segment, bytes);
    const refused = await place.tksm('doctor', '--repair', '--yes', '--json');
    expect(refused.code).toBe(8);
    const { data } = errorOf(refused) as { data: { position: number } };
    expect(readFileSync(segment)).toEqual(bytes);
    const cut = await place.json('doctor', '--repair', '--yes', '--cut-acknowledged');
    expect(cut).toMatchObject({ lostFrom: data.position });
    expect(readFileSync(path.join(String(cut['copies']), path.basename(segment)))).toEqual(bytes);
    expect((await place.tksm('event', 'verify')).code).toBe(0);
    expect(await place.tksm('var', 'get', 'region')).toMatchObject({ code: 0, stdout: 'a\n' });
    expect((await place.tksm('var', 'set', 'region', 'd')).code).toBe(0);
  });
});
