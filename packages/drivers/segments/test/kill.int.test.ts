import { describe, expect, it } from 'vitest';
import { openSegmentsReader } from '../src/open-segments-reader.ts';
import { verifySegments } from '../src/verify-segments.ts';
import { append, framesOf } from './appending.ts';
import { nextLine, startChild } from './child-process.ts';
import { openLog, temporaryFolder } from './data-folder.ts';

describe('a process that is killed while it appends', () => {
  it.each([50, 4000])(
    'leaves every acknowledged frame, payloads up to %i',
    async (size) => {
      const dir = temporaryFolder();
      const acknowledged = new Map<number, string>();
      for (const appends of [1, 40, 300]) {
        const child = startChild('log-process.ts', ['append', dir, String(size)]);
        expect(await nextLine(child)).toBe('open');
        for (let i = 0; i < appends; i++) note(acknowledged, await nextLine(child));
        child.kill();
        for await (const line of child.lines) note(acknowledged, line);
        await child.exited;
        const reader = await openSegmentsReader({ dir });
        await expectAll(acknowledged, await framesOf(reader));
        const log = await openLog(dir);
        await expectAll(acknowledged, await framesOf(log));
        expect((await append(log, '["between"]')).status).toBe('committed');
        await log.close();
      }
      expect(await verifySegments(dir)).toMatchObject({ isWhole: true });
    },
    60_000,
  );
});

/** The last line may have been cut off by the kill. */
function note(acknowledged: Map<number, string>, line: string): void {
  const [, position, hash] = /^([0-9]+) ([0-9a-f]{64})$/.exec(line) ?? [];
  if (position !== undefined && hash !== undefined) acknowledged.set(Number(position), hash);
}

async function expectAll(
  acknowledged: ReadonlyMap<number, string>,
  frames: readonly { position: number; count: number; hash: string }[],
): Promise<void> {
  const found = new Map(frames.map(({ position, count, hash }) => [position + count, hash]));
  for (const [position, hash] of acknowledged) expect(found.get(position)).toBe(hash);
  // At most one frame was under way when each process died, and one was appended by this test between any two.
  expect(found.size - acknowledged.size).toBeLessThanOrEqual(6);
}
