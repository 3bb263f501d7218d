import { createHash } from 'node:crypto';
import { decodeFrameHeader, FRAME_HEADER_BYTES, hash } from '@tksm/abstractions';
import type { Frame } from '@tksm/abstractions';
import { describe, expect, it } from 'vitest';
import { frameBytes } from './frame-bytes.ts';
import { frameLeaf } from './frame-leaf.ts';

const payload = (texts: readonly string[]): Uint8Array => Buffer.from(`[${texts.join(',')}]`);
const TEXTS = ['{"a":1}', '{"b":"ä,]"}', '{"c":[]}'];
const frame: Frame = {
  ...{ position: 7, count: 3, time: 1_000, epoch: 2 },
  previousHash: hash('1'.repeat(64)),
  hash: hash('2'.repeat(64)),
  payload: payload(TEXTS),
};
const GOLDEN = 'c4c88e24bb8a8589001e5cba9360b330b0b577e69a021329643164fa13521bf9';
const sha = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

describe('the leaf of a frame', () => {
  it('is its hash where leaves are frames', () => {
    expect(frameLeaf(frame, 'frames').toString('hex')).toBe(frame.hash);
  });

  it('is made of its header and its events where leaves are events, and kept so: logs are kept', () => {
    const [a, b, c] = TEXTS.map((text) => sha(Buffer.of(0), Buffer.from(text))) as [Buffer, Buffer, Buffer];
    const root = sha(Buffer.of(1), sha(Buffer.of(1), a, b), c);
    const header = frameBytes(frame).subarray(0, FRAME_HEADER_BYTES);
    expect(decodeFrameHeader(header)).toMatchObject({ position: 7, count: 3 });
    expect(frameLeaf(frame, 'events')).toEqual(sha(Buffer.of(0), header, root));
    expect(frameLeaf(frame, 'events').toString('hex')).toBe(GOLDEN);
  });

  it.each([
    ['another number of events', { count: 2 }],
    ['no list', { payload: Buffer.from('{}') }],
    ['white space', { payload: payload([...TEXTS.slice(0, 2), ' {}']) }],
  ])('is refused for %s', (_what, change) => {
    expect(() => frameLeaf({ ...frame, ...change }, 'events')).toThrow(
      expect.objectContaining({ code: 'LogDamaged', data: { position: 7 } }),
    );
  });
});
