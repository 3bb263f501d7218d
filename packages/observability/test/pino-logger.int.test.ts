import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const host = fileURLToPath(new URL('exiting-host.ts', import.meta.url));
const logging = new URL('../src/logging/pino-logger.ts', import.meta.url).href;

describe('createPinoLogger in a process', () => {
  it('loses no line when the process ends', async () => {
    const stderr = await new Promise<string>((resolve) => {
      execFile(process.execPath, [host], (_error, _out, text) => resolve(text));
    });
    expect(stderr.trim().split('\n')).toHaveLength(1_000);
  });

  it('appends to a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tksm-log-'));
    const file = join(folder, 'log');
    execFileSync(process.execPath, [host, file]);
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(1_000);
    rmSync(folder, { recursive: true });
  });

  it('survives a reader that goes away', async () => {
    const child = spawn(process.execPath, [host], { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.destroy();
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
  });

  it('does not load pino before a line is written', () => {
    const script = `
      const { createPinoLogger } = await import(${JSON.stringify(logging)});
      const { createRequire } = await import('node:module');
      const logger = createPinoLogger({ clock: { now: () => 0 }, level: 'error' });
      logger.child({ job: 'j' }).log('info', 'not written');
      const loaded = () => Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes('pino'));
      const before = loaded();
      logger.log('error', 'written');
      console.log(before, loaded());`;
    const args = ['--input-type=module-typescript', '-e', script];
    const stdout = execFileSync(process.execPath, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(stdout).toBe('false true\n');
  });
});
