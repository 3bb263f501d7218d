import { KernelError } from '@tksm/abstractions';
import { describe, expect, it } from 'vitest';
import { SOCKET_LIMITS } from '../limits.ts';
import { BatchRoom, OpenBatch } from './open-batch.ts';
import type { WholeBatch } from './open-batch.ts';

const jobs = [{ kind: 'x', input: 'x'.repeat(SOCKET_LIMITS.maxMessageBytes - 1_000) }];
/** Parts that there is room for. */
const MOST = Math.floor(SOCKET_LIMITS.maxBatchBytes / JSON.stringify(jobs).length);

function add(batch: OpenBatch, part: number, more = true): WholeBatch | undefined {
  return batch.add({ type: 'batch', batch: 'b', part, more, jobs });
}

describe('batches that are not whole', () => {
  it('have room together, which is free again when one is refused, answered or left', () => {
    const room = new BatchRoom();
    const [one, other] = [new OpenBatch(room, () => undefined), new OpenBatch(room, () => undefined)];
    for (let part = 0; part < MOST - 1; part++) add(one, part);
    add(other, 0);
    expect(() => add(other, 1)).toThrow('no room');
    const whole = add(one, MOST - 1, false);
    expect(whole?.jobs).toHaveLength(MOST);
    expect(() => add(other, 0)).toThrow('no room');
    whole?.done();
    for (let part = 0; part < MOST; part++) add(other, part);
    other.drop();
    for (let part = 0; part < MOST; part++) add(one, part);
  });

  it('are forgotten at a part that is denied', () => {
    const room = new BatchRoom();
    let isDenied = false;
    const denied = new OpenBatch(room, () => {
      if (isDenied) throw new KernelError('CapabilityDenied', 'not that');
    });
    for (let part = 0; part < MOST; part++) add(denied, part);
    isDenied = true;
    expect(() => add(denied, MOST)).toThrow('not that');
    const other = new OpenBatch(room, () => undefined);
    for (let part = 0; part < MOST; part++) add(other, part);
    expect(() => add(other, MOST)).toThrow('no room');
  });
});
