import { describeEventLog } from '@tksm/conformance';
import type { FrameDraft, LogHead } from '@tksm/abstractions';
import { describe, expect, it } from 'vitest';
import { createMemoryLog } from './memory-log.ts';
import type { MemoryLog } from './memory-log.ts';

describeEventLog({
  name: 'memory',
  capabilities: { faults: true },
  async create() {
    let log = createMemoryLog({ maxFrameBytes: 1_000_000 });
    return {
      log,
      reopen: async () => (log = log.reopen()),
      destroy: () => log.close(),
      failNext: (written) => log.failNext(written ? 'unknown-written' : 'unknown-lost'),
    };
  },
});

const draft = (text: string, epoch = 1): FrameDraft => ({ time: 5, epoch, count: 1, payload: `["${text}"]` });
const expected = ({ position, hash, epoch }: LogHead) => ({ position, previousHash: hash, epoch });

async function append(log: MemoryLog, text: string) {
  return log.append(draft(text), expected({ ...(await log.head()), epoch: 1 }));
}

describe('createMemoryLog', () => {
  it('starts from saved frames', async () => {
    const log = createMemoryLog();
    for (const text of ['a', 'b', 'c']) await append(log, text);
    const copy = createMemoryLog({ frames: log.frames() });
    expect(await copy.head()).toEqual(await log.head());
    expect(copy.frames()).toEqual(log.frames());
    expect(await append(copy, 'd')).toMatchObject({ status: 'committed', head: { position: 4 } });
  });

  it('refuses saved frames that are not a log', async () => {
    const log = createMemoryLog();
    for (const text of ['a', 'b', 'c']) await append(log, text);
    const saved = log.frames();
    const without = saved.filter((_, index) => index !== 1);
    const flipped = saved.map((bytes, index) => (index === 1 ? bytes.with(bytes.length - 2, 0x78) : bytes));
    for (const frames of [without, saved.slice(1), flipped, [...saved, ...saved]]) {
      expect(() => createMemoryLog({ frames })).toThrow(expect.objectContaining({ code: 'LogDamaged' }));
    }
    expect(() => createMemoryLog({ frames: [new Uint8Array(10)] })).toThrow(
      expect.objectContaining({ code: 'LogDamaged', data: { position: 0 } }),
    );
  });

  it('meets an announced conflict once', async () => {
    const log = createMemoryLog();
    log.failNext('conflict');
    expect(await append(log, 'a')).toMatchObject({ status: 'conflict', head: { position: 0 } });
    expect(await append(log, 'a')).toMatchObject({ status: 'committed' });
  });

  it('loses what is held when it is reopened, and says that it does not know', async () => {
    const log = createMemoryLog();
    await append(log, 'a');
    log.hold();
    const held = log.append(draft('b'), expected(await log.head()));
    const reopened = log.reopen();
    expect(await held).toMatchObject({ status: 'unknown', cause: { code: 'OutcomeUnknown' } });
    expect(await reopened.head()).toMatchObject({ position: 1 });
    await expect(log.head()).rejects.toMatchObject({ code: 'LogClosed' });
  });

  it('commits what was held when it is released', async () => {
    const log = createMemoryLog();
    const release = log.hold();
    const held = append(log, 'a');
    expect(await log.head()).toMatchObject({ position: 0 });
    release();
    expect(await held).toMatchObject({ status: 'committed' });
    expect(await append(log, 'b')).toMatchObject({ status: 'committed' });
  });

  it('lets one of two handles append at a position', async () => {
    const log = createMemoryLog();
    const other = log.openAnother();
    const head = await log.head();
    const outcomes = await Promise.all([
      log.append(draft('a'), expected({ ...head, epoch: 1 })),
      other.append(draft('b'), expected({ ...head, epoch: 1 })),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['committed', 'conflict']);
    expect(await other.head()).toEqual(await log.head());
  });
});
