import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { append, draftOf, framesOf, payloadsOf } from '../test/appending.ts';
import { openLog, temporaryFolder } from '../test/data-folder.ts';
import { crc32c } from './format/crc32c.ts';
import { openSegmentsReader } from './open-segments-reader.ts';
import { openEventLog } from './open-segments.ts';
import { verifySegments } from './verify-segments.ts';

describe('reader beside a writer', () => {
  it('sees each frame once it is acknowledged, and never damage', async () => {
    const dir = temporaryFolder();
    const log = await openLog(dir, { maxSegmentBytes: 32 * 1024 });
    const reader = await openSegmentsReader({ dir });
    let isWriting = true;
    const writing = (async () => {
      for (let i = 0; i < 400; i++) {
        const outcome = await append(log, JSON.stringify([i, 'x'.repeat((i * 131) % 3000)]));
        expect(outcome.status).toBe('committed');
      }
      isWriting = false;
    })();
    let [looks, seen] = [0, 0];
    while (isWriting) {
      const before = (await log.head()).position;
      const { position } = await reader.head();
      expect(position).toBeGreaterThanOrEqual(before);
      const frames = await framesOf(reader, seen);
      expect(frames.map((frame) => frame.position)).toEqual(frames.map((_, index) => seen + index));
      seen += frames.length;
      expect(seen).toBeGreaterThanOrEqual(position);
      if (looks++ % 8 === 0) expect((await verifySegments(dir)).damage).toBeUndefined();
    }
    await writing;
    expect(await framesOf(reader)).toEqual(await framesOf(log));
    expect(looks).toBeGreaterThan(3);
  }, 60_000);

  it('leaves out a frame that is not flushed', async () => {
    const dir = temporaryFolder();
    const log = await openLog(dir);
    await append(log, '["flushed"]');
    log.failNext('unflushed');
    expect((await append(log, '["written"]')).status).toBe('unknown');
    const reader = await openSegmentsReader({ dir });
    expect(await payloadsOf(reader)).toEqual(['["flushed"]']);
    await log.settle();
    expect(await payloadsOf(reader)).toEqual(['["flushed"]', '["written"]']);
  });

  it('ends with LogClosed once it is closed', async () => {
    const dir = temporaryFolder();
    await append(await openLog(dir), '[1]');
    const reader = await openSegmentsReader({ dir });
    await reader.close();
    await expect(reader.head()).rejects.toMatchObject({ code: 'LogClosed' });
    await expect(framesOf(reader)).rejects.toMatchObject({ code: 'LogClosed' });
  });
});

describe('a folder that cannot be read', () => {
  it('is DataFolderMissing when it is missing or holds no log', async () => {
    const dir = temporaryFolder();
    for (const missing of [path.join(dir, 'nothing'), dir]) {
      const expected = { code: 'DataFolderMissing' };
      await expect(openSegmentsReader({ dir: missing })).rejects.toMatchObject(expected);
      await expect(verifySegments(missing)).rejects.toMatchObject(expected);
    }
    writeFileSync(path.join(dir, 'file'), '');
    const asFolder = path.join(dir, 'file');
    await expect(openSegmentsReader({ dir: asFolder })).rejects.toMatchObject({ code: 'DataFolderMissing' });
  });

  it('is FormatTooNew for every way in when a later release wrote it', async () => {
    const dir = temporaryFolder();
    mkdirSync(path.join(dir, 'log'));
    const text = 'tksm-segments 2';
    const sum = crc32c(Buffer.from(text)).toString(16).padStart(8, '0');
    writeFileSync(path.join(dir, 'FORMAT'), `${text} ${sum}\n`);
    const expected = { code: 'FormatTooNew', data: { version: 2 } };
    const clock = { now: () => 0, monotonic: () => 0 };
    await expect(openSegmentsReader({ dir })).rejects.toMatchObject(expected);
    await expect(openEventLog({ dir, clock })).rejects.toMatchObject(expected);
    await expect(verifySegments(dir)).rejects.toMatchObject(expected);
  });
});

describe('an append beside a read', () => {
  it('does not change what the payloads of earlier frames show', async () => {
    const log = await openLog(temporaryFolder());
    await append(log, '["kept"]');
    const [frame] = await framesOf(log);
    const { position, hash: previousHash } = await log.head();
    await log.append(draftOf('["other"]'), { position, previousHash, epoch: 1 });
    await framesOf(log);
    expect(Buffer.from(frame?.payload ?? []).toString()).toBe('["kept"]');
  });
});
