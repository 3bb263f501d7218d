import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Figures, Sample } from './bench-test.ts';

/** A sample by the names of its variants; a test without any has one, without a name. */
export type Taken = ReadonlyMap<string, Figures>;

/** The sample under way: it leads a process group, which all that it starts belongs to. */
let running: number | undefined;

/** Ends the sample under way, at once. */
export function endSample(): void {
  if (running === undefined) return;
  try {
    process.kill(-running, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}

/** Longest that a sample may take. */
const LIMIT_MS = 600_000;

/**
 * Runs a script, given by its URL, in a process of its own that collects its garbage when asked, and gives what it prints.
 * `what` names it when it fails. It is ended when it takes longer than `limitMs`.
 */
export async function runInChild(
  script: string,
  errand: object,
  what: string,
  limitMs = LIMIT_MS,
): Promise<string> {
  const args = ['--expose-gc', fileURLToPath(script), JSON.stringify(errand)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  running = child.pid;
  const ending = setTimeout(endSample, limitMs);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const [output, code] = await Promise.all([text(child.stdout), ended]);
  running = undefined;
  clearTimeout(ending);
  if (code === null) throw new Error(`${what} was ended: it took longer than ${limitMs / 1_000} s`);
  if (code !== 0) throw new Error(`${what} ended with code ${code}`);
  return output;
}

const MIB = 1_048_576;

/** What a process prints of its sample; undefined when it cannot be measured here. */
export function printSample(sample: Sample | undefined): void {
  const rss_mb = process.memoryUsage.rss() / MIB;
  console.log(JSON.stringify(sample === undefined ? null : { rss_mb, ...sample }));
}

export function parseSample(output: string): Taken | undefined {
  const found = JSON.parse(output) as (Sample & { readonly rss_mb: number }) | null;
  if (found === null) return undefined;
  const { rss_mb, ...sample } = found;
  const variants = 'variants' in sample ? sample.variants : { '': sample.figures };
  return new Map(Object.entries(variants).map(([name, figures]) => [name, { rss_mb, ...figures }]));
}
