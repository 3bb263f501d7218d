import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkConsumer } from '../src/check-consumer.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const consumer = path.join(import.meta.dirname, 'consumer/consumer.ts');
const TIMEOUT_MS = 120_000;

describe('the packed contracts', () => {
  it('install alone, type-check and run in an empty folder', { timeout: TIMEOUT_MS }, async () => {
    const steps: string[] = [];
    await checkConsumer({ root, consumer, onStep: (step) => steps.push(step) });
    expect(steps).toHaveLength(6);
  });

  it(
    'are seen as typed: a consumer that misuses them does not compile',
    { timeout: TIMEOUT_MS },
    async () => {
      const folder = await mkdtemp(path.join(tmpdir(), 'tksm-consumer-bad-'));
      try {
        const bad = path.join(folder, 'bad.ts');
        await writeFile(bad, `${await readFile(consumer, 'utf8')}\nnoLogger.log('loud', 'x');\n`);
        await expect(checkConsumer({ root, consumer: bad })).rejects.toThrow(/"loud"/);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  );
});
