import { handleId, hash, isKernelError, KernelError, zoneId } from '@tksm/abstractions';
import type { KernelEvent, Logger, LogReader } from '@tksm/abstractions';
import { createMemoryLog, createMemorySnapshots } from '@tksm/drivers-memory';
import type { MemoryLog, MemorySnapshots } from '@tksm/drivers-memory';
import { expect, it } from 'vitest';
import { replay } from '../log/replay.ts';
import { digestOf } from '../state/digest.ts';
import { loadState } from './load-state.ts';
import { makeSnapshot } from './make-snapshot.ts';
import { writeSnapshot } from './snapshot.ts';

const by = handleId('operator');
const put = (n: number): KernelEvent => ({
  type: 'world.rewritten',
  v: 1,
  by,
  fact: { name: 'f', data: null },
  rewrite: { puts: [[`k${n % 50}`, n]], ...(n % 7 === 0 && { deletes: [`k${(n + 3) % 50}`] }) },
});

/** A log, a store, and what the logger was told. */
function beginnings(seed = 'a') {
  const log = createMemoryLog();
  const store = createMemorySnapshots();
  const said: string[] = [];
  const logger: Logger = {
    log: (_level, _message, fields) => said.push(String(fields?.['message'])),
    child: () => logger,
  };
  let n = 0;
  const grow = async (frames: number): Promise<void> => {
    for (let i = 0; i < frames; i++) {
      const { position, hash: previousHash } = await log.head();
      const events =
        position === 0
          ? [{ type: 'zone.created', v: 1, zone: zoneId(seed.repeat(32)) }]
          : [put(n++), put(n++)];
      const draft = {
        time: 1_000 + position,
        epoch: 1,
        count: events.length,
        payload: JSON.stringify(events),
      };
      await log.append(draft, { position, previousHash, epoch: 1 });
    }
  };
  return { log, store, logger, said, grow };
}

async function expectWhole(log: MemoryLog, store: MemorySnapshots, logger: Logger): Promise<number> {
  const [loaded, replayed] = [await loadState({ log, store, logger }), await replay(log)];
  expect(digestOf(loaded.state)).toBe(digestOf(replayed.state));
  expect(loaded.head).toEqual(await log.head());
  return loaded.from;
}

it('begins at the newest snapshot and goes on with the tail', async () => {
  const { log, store, logger, said, grow } = beginnings();
  expect(await expectWhole(log, store, logger)).toBe(0);
  const positions = [];
  for (const frames of [20, 20, 0, 20, 20, 20]) {
    await grow(frames);
    positions.push((await makeSnapshot({ log, store, logger }))?.position);
    expect(await expectWhole(log, store, logger)).toBe(await newest(store));
  }
  expect(positions).toEqual([39, 79, undefined, 119, 159, 199]);
  expect(await store.list()).toEqual([199, 159, 119]);
  await grow(3);
  expect(await expectWhole(log, store, logger)).toBe(199);
  expect((await loadState({ log, store, logger, to: 150 })).from).toBe(119);
  expect(said).toEqual([]);
});

const newest = async (store: MemorySnapshots): Promise<number | undefined> => (await store.list())[0];

it('falls back to an older one, then to the log alone, whichever byte is damaged, and says so', async () => {
  const { log, store, logger, said, grow } = beginnings();
  for (let i = 0; i < 2; i++) {
    await grow(5);
    await makeSnapshot({ log, store, logger });
  }
  const size = Buffer.concat(await collected(store.read(19))).length;
  for (let at = 0; at < size; at++) {
    store.corrupt(19, at);
    const { from, refused, state } = await loadState({ log, store, logger });
    expect([from, refused, state.position]).toEqual([9, [19], 19]);
    store.corrupt(19, at);
  }
  expect(said).toHaveLength(size);
  store.corrupt(19);
  store.corrupt(9);
  expect(await expectWhole(log, store, logger)).toBe(0);
  await grow(1);
  await makeSnapshot({ log, store, logger });
  expect(await store.list()).toEqual([21]);
});

it('takes none that was cut off at any chunk', async () => {
  const { log, store, logger, grow } = beginnings();
  await grow(5);
  await makeSnapshot({ log, store, logger });
  const chunks = await collected(store.read(9));
  for (let kept = 0; kept < chunks.length; kept++) {
    await store.write(9, bytes(chunks.slice(0, kept)));
    expect(await expectWhole(log, store, logger)).toBe(0);
  }
});

async function collected(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

async function* bytes(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

it('refuses one that is ahead of the log, of another log, or under another name', async () => {
  const [own, longer, other] = [beginnings(), beginnings(), beginnings('b')];
  await own.grow(5);
  await longer.grow(8);
  await other.grow(5);
  await makeSnapshot(longer);
  await makeSnapshot(other);
  await own.store.write(15, longer.store.read(15));
  await own.store.write(9, other.store.read(9));
  await own.store.write(8, other.store.read(9));
  expect(await expectWhole(own.log, own.store, own.logger)).toBe(0);
  await own.grow(8);
  await own.store.delete(15);
  expect(await expectWhole(own.log, own.store, own.logger)).toBe(0);
  expect(own.said.map((why) => /: (.*)$/.exec(why)?.[1]).filter((why) => why !== undefined)).toEqual([
    'the log ends at 9, before it',
    'it was made of another log',
    'it has the name of another',
    'it was made of another log',
    'it has the name of another',
  ]);
});

it('proves the one it goes on from before another is made', async () => {
  const { log, store, logger, said, grow } = beginnings();
  await grow(5);
  await makeSnapshot({ log, store, logger });
  // Whole and chained, but of a state that the log does not have.
  const { state, head } = await loadState({ log, store, logger });
  await store.write(9, writeSnapshot(state, { head, digest: hash('f'.repeat(64)) }));
  await grow(1);
  await makeSnapshot({ log, store, logger });
  expect(said.filter((why) => why.includes('digest'))).toHaveLength(1);
  expect(await store.list()).toEqual([11]);
});

it('leaves what is wrong with the log to the log', async () => {
  const { log, store, logger, grow } = beginnings();
  await grow(5);
  await makeSnapshot({ log, store, logger });
  const { position, hash: previousHash } = await log.head();
  const draft = { time: 9_000, epoch: 1, count: 1, payload: '[{"type":"job.teleported","v":1}]' };
  await log.append(draft, { position, previousHash, epoch: 1 });
  const failure = await loadState({ log, store, logger }).catch((error: unknown) => error);
  expect(isKernelError(failure, 'FormatTooNew')).toBe(true);
});

it('begins at a snapshot behind what is archived, and says so when there is none', async () => {
  const { log, store, logger, grow } = beginnings();
  await grow(5);
  await makeSnapshot({ log, store, logger });
  const { position: first } = await log.head();
  await grow(3);
  const { state } = await replay(log);
  const cut: LogReader = {
    head: () => log.head(),
    read: ({ from = first } = {}) => {
      if (from < first)
        throw new KernelError('EventArchived', 'archived', { data: { position: from, first } });
      return log.read({ from });
    },
    close: () => log.close(),
  };
  const loaded = await loadState({ log: cut, store, logger });
  expect(loaded).toMatchObject({ from: first, refused: [] });
  expect(digestOf(loaded.state)).toBe(digestOf(state));
  await store.delete(first);
  const refusal = loadState({ log: cut, store, logger });
  await expect(refusal).rejects.toMatchObject({ code: 'EventArchived', data: { first } });
});
