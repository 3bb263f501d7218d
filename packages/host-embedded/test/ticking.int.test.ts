import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';

const SCRIPT = path.join(import.meta.dirname, 'ticking-kernel.ts');
const KILLS = 4;

/** Runs the kernel until it has run jobs of so many ticks, and kills it in the middle of whatever it does. */
async function killAfter(ticks: number, data: string): Promise<void> {
  const child = spawn(process.execPath, [SCRIPT, data], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const seen = new Set<string>();
  child.stdout.setEncoding('utf8').on('data', (said: string) => {
    for (const [ran] of said.matchAll(/ran \d+/g)) seen.add(ran);
    if (seen.size >= ticks) child.kill('SIGKILL');
  });
  await ended;
}

it('ticks go on in order, none left out and none doubled, in a process that is killed again and again', async () => {
  const data = mkdtempSync(path.join(tmpdir(), 'tksm-ticking-'));
  onTestFinished(() => {
    rmSync(data, { recursive: true, force: true });
  });
  for (let kill = 0; kill < KILLS; kill++) await killAfter(2, data);
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, data, 'story']);
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  const story = JSON.parse(last) as { tick?: number; job?: string; submitted?: string }[];
  const ticks = story.flatMap(({ tick }) => (tick === undefined ? [] : [tick]));
  const [first = 0] = ticks;
  expect(ticks.length).toBeGreaterThan(KILLS);
  expect(ticks).toEqual(ticks.map((_, n) => first + n * 1_000));
  // Each is followed by its job.
  for (const [at, { tick, job }] of story.entries()) {
    if (tick !== undefined) expect(story[at + 1]).toEqual({ submitted: job });
  }
}, 60_000);
