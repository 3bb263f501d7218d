import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { nextLine, startChild } from './child-process.ts';
import { temporaryFolder } from './data-folder.ts';
import { missing } from './requirement.ts';

const noStrace = missing('strace', ['strace', '-f', '-o', '/dev/null', 'true']);

describe.skipIf(noStrace)('system calls', () => {
  it('return from fdatasync before the acknowledgement is written', async () => {
    const [dir, trace] = [temporaryFolder(), path.join(temporaryFolder(), 'trace')];
    const under = ['strace', '-f', '-y', '-s', '200', '-e', 'trace=pwrite64,fdatasync,write', '-o', trace];
    const child = startChild('log-process.ts', ['wait', dir], under);
    expect(await nextLine(child)).toBe('open');
    for (let i = 1; i <= 5; i++) {
      child.write('append');
      expect(JSON.parse(await nextLine(child))).toMatchObject({ status: 'committed', head: { position: i } });
    }
    child.write('close');
    expect(await nextLine(child)).toBe('closed');
    await child.exited;
    const steps = stepsOf(readFileSync(trace, 'utf8'));
    expect(steps.join(' ')).toMatch(/^(?:wfa ?){5}$/);
  }, 60_000);

  it('answer unknown when fdatasync fails, and the truth after settling', async () => {
    const [dir, trace] = [temporaryFolder(), path.join(temporaryFolder(), 'trace')];
    const inject = ['-e', 'trace=fdatasync', '-e', 'inject=fdatasync:error=EIO:when=2'];
    const child = startChild('log-process.ts', ['wait', dir], ['strace', '-f', ...inject, '-o', trace]);
    expect(await nextLine(child)).toBe('open');
    const statuses: unknown[] = [];
    for (const line of ['append', 'append', 'append', 'settle', 'append']) {
      child.write(line);
      statuses.push((JSON.parse(await nextLine(child)) as { status?: unknown }).status);
    }
    expect(statuses).toEqual(['committed', 'unknown', 'unknown', undefined, 'committed']);
  }, 60_000);

  it('are not made by a writer thread that has nothing to do', async () => {
    const [dir, trace] = [temporaryFolder(), path.join(temporaryFolder(), 'trace')];
    const child = startChild('log-process.ts', ['idle', dir], ['strace', '-f', '-tt', '-o', trace]);
    expect(await nextLine(child)).toBe('open');
    child.write('append');
    await nextLine(child);
    expect(await nextLine(child)).toBe('idle from here');
    expect(await nextLine(child)).toBe('idle until here');
    child.kill();
    await child.exited;
    const text = readFileSync(trace, 'utf8');
    const idle = text.slice(text.indexOf('idle from here'), text.indexOf('idle until here'));
    const calls = idle.split('\n').slice(1, -1);
    const writer = /^(\d+) .*fdatasync\(/m.exec(text)?.[1] ?? 'no thread';
    const [main = ''] = /^\d+ .*idle from here/m.exec(text)?.[0].split(' ') ?? [];
    expect(writer).toMatch(/^\d+$/);
    expect(calls.filter((line) => line.startsWith(writer))).toEqual([]);
    // The timer of the test itself makes the loop wake up once.
    expect(calls.filter((line) => line.startsWith(main)).length).toBeLessThan(6);
  }, 60_000);
});

/** For each append: w = the frame is written, f = the flush returned, a = the acknowledgement is written. */
function stepsOf(trace: string): string[] {
  const steps: string[] = [];
  let step = '';
  for (const line of trace.split('\n')) {
    if (
      /pwrite64\(\d+<[^>]*\.seg>, "[^"]{0,300}one/.test(line) ||
      /pwrite64\(\d+<[^>]*\.seg>.*\\?"one/.test(line)
    )
      step += 'w';
    const isFlushed =
      /fdatasync\(\d+<[^>]*\.seg>\)\s+= 0/.test(line) || /fdatasync resumed>\)\s+= 0/.test(line);
    if (isFlushed && step === 'w') step += 'f';
    if (/ write\(1.*committed/.test(line)) {
      steps.push(`${step}a`);
      step = '';
    }
  }
  return steps;
}
