import { describe, expect, it } from 'vitest';
import { nextLine, startChild } from './child-process.ts';
import { temporaryFolder } from './data-folder.ts';

describe('the loop watch', () => {
  it('says that a handler blocks the loop while it does, and tells the listeners afterwards', async () => {
    const child = startChild('log-process.ts', ['block', temporaryFolder()]);
    expect(await nextLine(child)).toBe('open');
    expect(await nextLine(child)).toBe('unblocked');
    const said: unknown = JSON.parse(child.errors().trim());
    expect(said).toMatchObject({ level: 'warn', code: 'LoopBlocked', label: 'sluggish-kind' });
    expect((said as { ms: number }).ms).toBeGreaterThan(1000);
    expect(await nextLine(child)).toBe('sluggish-kind true');
    child.write('close');
    expect(await nextLine(child)).toBe('closed');
    expect(await child.exited).toBe(0);
  }, 30_000);

  it('says nothing about many short handlers', async () => {
    const child = startChild('log-process.ts', ['beside', temporaryFolder()]);
    expect(await nextLine(child)).toBe('open');
    expect(await nextLine(child)).toBe('done');
    expect(child.errors()).toBe('');
  }, 30_000);
});
