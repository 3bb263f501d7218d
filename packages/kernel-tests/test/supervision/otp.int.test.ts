import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { CLASSICS } from './otp/classics.ts';
import { asTerm } from './otp/crash-script.ts';
import type { CrashScript } from './otp/crash-script.ts';
import { drawnScript } from './otp/draw-scripts.ts';
import { ScriptRunner } from './otp/script-runner.ts';

const DRAWN = 300;
/** The same scripts each time: they go to Erlang as a batch, and so cannot shrink. */
const SEED = Number(process.env['TKSM_SEED'] ?? 20_261_121);

// By the shell: programs of the system are no dependencies.
const hasErlang = spawnSync('sh', ['-c', 'command -v escript']).status === 0;
if (!hasErlang) {
  if (process.env['TKSM_REQUIRE_ALL'] === '1')
    throw new Error('Erlang is required: apt-get install erlang-base');
  console.warn('skipped: Erlang is missing (apt-get install erlang-base)');
}

/** What Erlang says of each script: what the start and each step led to. */
function inErlang(scripts: readonly CrashScript[]): readonly (readonly string[])[] {
  const program = new URL('otp/crash-scripts.escript', import.meta.url).pathname;
  const run = spawnSync('sh', ['-c', 'exec escript "$0"', program], {
    input: scripts.map(asTerm).join(''),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (run.status !== 0) throw new Error(`Erlang failed: ${run.stdout.slice(-2_000)}${run.stderr}`);
  return run.stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('|'));
}

describe.skipIf(!hasErlang)('supervisors do what those of Erlang/OTP do', () => {
  const drawn = fc.sample(drawnScript, { numRuns: DRAWN, seed: SEED });
  const classics = Object.entries(CLASSICS);
  let answers: readonly (readonly string[])[] = [];

  beforeAll(() => {
    answers = inErlang([...classics.map(([, script]) => script), ...drawn]);
  });

  it.each(classics.map(([what, script], index) => ({ what, script, index })))(
    'when $what',
    async ({ script, index }) => {
      expect(await ScriptRunner.run(script)).toEqual(answers[index]);
    },
  );

  it(`for ${DRAWN} drawn trees and crash scripts`, async () => {
    const theirs = answers.slice(classics.length);
    expect(theirs).toHaveLength(DRAWN);
    let compared = 0;
    for (const [index, script] of drawn.entries()) {
      const ours = await ScriptRunner.run(script);
      expect(ours, JSON.stringify(script)).toEqual(theirs[index]?.slice(0, ours.length));
      compared += ours.length;
    }
    // Nearly all of them: see ScriptRunner.
    expect(compared / theirs.flat().length).toBeGreaterThan(0.99);
  });

  it('and the drawn ones have of everything enough', () => {
    const theirs = answers.slice(classics.length);
    const count = (holds: (step: string, script: readonly string[]) => boolean): number =>
      theirs.flatMap((script) => script.slice(1).filter((step) => holds(step, script))).length;
    const restarted = count((step) => step.startsWith('!') && step.includes(' +'));
    const waiting = count((step) => /~(\S+) @/.test(step));
    const nested = count((step) => /^!top\/\w+\/.* \+top\/\w+ /.test(step));
    const over = theirs.filter((script) => script.at(-1)?.endsWith('@')).length;
    expect(restarted).toBeGreaterThan(100);
    expect(waiting).toBeGreaterThan(50);
    expect(nested).toBeGreaterThan(5);
    expect(over).toBeGreaterThan(20);
  });
});
