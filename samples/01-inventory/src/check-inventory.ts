import { readFile } from 'node:fs/promises';
import { openSegmentsReader } from '@tksm/drivers-segments';
import { LogFacts } from './log-facts.ts';
import { run, tksm } from './tksm.ts';
import type { Ended } from './tksm.ts';

/** Something that did not come out right. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch';
}

/** @throws Mismatch when a program did not exit 0 */
export function mustSucceed(what: string, { code, signal, stderr }: Ended): void {
  if (code === 0) return;
  throw new Mismatch(`${what} ended with ${code ?? signal ?? 'nothing'}: ${stderr.trim()}`);
}

/** The facts of a finished inventory. @throws Mismatch when work was lost or doubled */
export async function factsOf(data: string): Promise<LogFacts> {
  const log = await openSegmentsReader({ dir: data });
  const facts = new LogFacts();
  try {
    await facts.readOn(log);
  } finally {
    await log.close();
  }
  if (facts.files === undefined) throw new Mismatch('the log shows no list of files');
  if (facts.hashed !== facts.files) {
    throw new Mismatch(`${facts.files} files were listed and ${facts.hashed} were hashed`);
  }
  if (facts.doubled > 0)
    throw new Mismatch(`${facts.doubled} files were worked on again after they were hashed`);
  return facts;
}

/** Has the manifest read by the real `sha256sum`. @throws Mismatch */
export async function checkManifest(manifest: string, root: string, files: number): Promise<void> {
  const text = await readFile(manifest, 'latin1');
  const lines = text.split('\n').length - 1;
  if (lines !== files) throw new Mismatch(`the manifest has ${lines} lines for ${files} files`);
  // It refuses a list without lines.
  if (lines === 0) return;
  mustSucceed('sha256sum', await run('sha256sum', ['--check', '--quiet', '--strict', manifest], root));
}

/** Verifies the log, and replays it to the digest. Answers the digest. @throws Mismatch */
export async function checkLog(data: string): Promise<string> {
  mustSucceed('tksm event verify', await tksm('event', 'verify', '--data', data));
  const asked = await tksm('state', 'digest', '--data', data);
  mustSucceed('tksm state digest', asked);
  const digest = asked.stdout.trim();
  mustSucceed('tksm replay', await tksm('replay', '--expect', digest, '--data', data));
  return digest;
}
