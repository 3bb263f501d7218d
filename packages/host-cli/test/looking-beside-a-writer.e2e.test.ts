import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { contents, LOOKING } from './looking.ts';
import { E2E, Place, shellInput } from './tksm.ts';
import type { OnTestFinished } from './tksm.ts';

/** Runs what follows with the folder $0 read-only for it alone. */
const READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"';

// By the shell: tools of the system are no dependencies.
const canMount =
  spawnSync('sh', ['-c', `exec unshare --mount sh -c '${READ_ONLY}' /mnt true`], { stdio: 'ignore' })
    .status === 0;
if (!canMount) {
  if (process.env['TKSM_REQUIRE_ALL'] === '1') throw new Error('the right to mount is required');
  console.warn('not through a read-only mount: that needs the right to mount (run as root)');
}

/** A folder with a writer that has nothing to do: its one running job waits. */
async function idleWriter(onTestFinished: OnTestFinished): Promise<{ place: Place; job: string }> {
  const place = new Place(onTestFinished);
  const gate = place.gate();
  await place.tksm('var', 'set', 'a', '1');
  const { job } = await place.json('job', 'submit', 'shell', '-i', shellInput('true'));
  const script = `echo here > ${gate.file}; exec sleep 600`;
  place.start(['job', 'submit', 'shell', '--wait', '--after', String(job), '-i', shellInput(script)]);
  await gate.passed();
  return { place, job: String(job) };
}

describe('looking, beside a running writer', E2E, () => {
  it('changes nothing, needs no right to, and gives one digest until something happens', async ({
    onTestFinished,
  }) => {
    const { place, job } = await idleWriter(onTestFinished);
    const before = contents(place.data);
    const lines = [...LOOKING, ['job', 'show', job], ['job', 'timeline', job], ['job', 'watch', job]];
    const readOnly = ['unshare', '--mount', 'sh', '-c', READ_ONLY, place.data];
    const ended = await Promise.all(
      lines.map((line) => place.start(line, { under: canMount ? readOnly : [] }).ended),
    );
    for (const [at, { code, stderr }] of ended.entries()) {
      expect({ line: lines[at], code, stderr }).toMatchObject({ code: 0 });
    }
    const { jobs } = (await place.json('job', 'ls', '--status', 'running')) as { jobs: { id: string }[] };
    const watch = place.start(['job', 'watch', jobs[0]?.id ?? ''], { under: canMount ? readOnly : [] });
    await watch.said('following');
    watch.child.kill('SIGINT');
    expect((await watch.ended).code).toBe(130);
    const first = await place.json('state', 'digest');
    expect(await place.json('state', 'digest')).toEqual(first);
    expect(await place.json('replay')).toMatchObject({ digest: first['digest'] });
    expect(contents(place.data)).toEqual(before);
    await place.tksm('var', 'set', 'a', '2');
    const changed = await place.json('state', 'digest');
    expect(changed['digest']).not.toBe(first['digest']);
    expect(changed['position']).toBe(Number(first['position']) + 1);
  });
});
