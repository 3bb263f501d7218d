import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { KernelError } from '@tksm/abstractions';
import type { RecordedEvent } from '@tksm/abstractions';
import { seededRandom } from '@tksm/drivers-memory';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectZone } from '../src/client/connect-zone.ts';
import { SOCKET_LIMITS } from '../src/limits.ts';
import { encodeMessage } from '../src/wire/message-codec.ts';
import type { Reply } from '../src/wire/messages.ts';
import { closed, JOB, RECEIPT, served, stubZone } from './served-folder.ts';
import type { Served } from './served-folder.ts';

function frame(message: object): Buffer {
  return encodeMessage(message, SOCKET_LIMITS.maxMessageBytes);
}

function reached({ dir, clock }: Served): ReturnType<typeof connectZone> {
  return connectZone({ dir, time: { clock, timers: clock }, random: seededRandom('good') });
}

/** Whether others are still served. */
async function serves(place: Served): Promise<void> {
  const good = await reached(place);
  expect(await good.enqueue({ kind: 'any' })).toEqual(RECEIPT);
  good.close();
}

describe('a client that has not proved itself', () => {
  it('is cut off when it says nothing for too long', async ({ onTestFinished }) => {
    const place = await served(onTestFinished);
    const silent = await place.dial();
    await serves(place);
    await place.clock.advanceBy(SOCKET_LIMITS.greetingMs);
    await closed(silent);
  });

  it('is sent away with the wrong secret, and learns nothing about the right one', async ({
    onTestFinished,
  }) => {
    const place = await served(onTestFinished);
    const secret = await place.secret();
    await writeFile(path.join(place.dir, 'tksm.secret'), '0'.repeat(64));
    // The server proves itself first: to a client with another secret it is the impostor.
    await expect(reached(place)).rejects.toMatchObject({ code: 'CapabilityDenied' });
    const socket = await place.dial();
    let text = '';
    socket.on('data', (data) => (text += data.toString('latin1')));
    socket.write(frame({ type: 'hello', versions: [1], nonce: '0'.repeat(32) }));
    socket.write(frame({ type: 'answer', proof: '0'.repeat(64) }));
    await closed(socket);
    expect(text).toContain('CapabilityDenied');
    expect(text).not.toContain('welcome');
    expect(text).not.toContain(secret);
  });

  it('cannot send a request instead of its proof, nor a long message', async ({ onTestFinished }) => {
    let asked = 0;
    const zone = stubZone({
      enqueue: async () => {
        asked += 1;
        return RECEIPT;
      },
    });
    const place = await served(onTestFinished, zone);
    const request = { type: 'submit', id: 0, expect: 'task', command: { kind: 'x', id: 'y' } };
    const hello = { type: 'hello', versions: [1], nonce: '0'.repeat(32) };
    for (const first of [
      [request],
      [hello, request],
      [{ ...hello, padding: 'x'.repeat(SOCKET_LIMITS.maxGreetingBytes) }],
      [{}],
      [hello, null],
    ]) {
      const socket = await place.dial();
      for (const message of first) socket.write(frame(message as object));
      await closed(socket);
    }
    expect(asked).toBe(0);
    await serves(place);
  });

  it('is told when no version is common', async ({ onTestFinished }) => {
    const place = await served(onTestFinished);
    const socket = await place.dial();
    let text = '';
    socket.on('data', (data) => (text += data.toString('latin1')));
    socket.write(frame({ type: 'hello', versions: [99], nonce: '0'.repeat(32) }));
    await closed(socket);
    expect(text).toContain('FormatTooNew');
  });

  it('does no harm with any bytes', async ({ onTestFinished }) => {
    const place = await served(onTestFinished);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (bytes) => {
        const socket = await place.dial();
        socket.end(bytes);
        await closed(socket);
      }),
      { numRuns: 50 },
    );
    await serves(place);
  });

  it('takes no more than its share of the connections', async ({ onTestFinished }) => {
    const place = await served(onTestFinished);
    const all = await Promise.all(Array.from({ length: SOCKET_LIMITS.maxConnections }, () => place.dial()));
    await expect(reached(place)).rejects.toMatchObject({ code: 'Unreachable' });
    await place.clock.advanceBy(SOCKET_LIMITS.greetingMs);
    await Promise.all(all.map(closed));
    await serves(place);
  });
});

describe('a client that turns bad', () => {
  it('is cut off when the rest of a message does not come, however it drips', async ({ onTestFinished }) => {
    const place = await served(onTestFinished);
    const { socket, channel } = await place.enter();
    const bytes = frame({ type: 'health', id: 0, padding: 'x'.repeat(100) });
    const gone = closed(socket);
    for (let at = 0; at < 10 && !channel.isClosed; at += 1) {
      socket.write(bytes.subarray(at, at + 1));
      await serves(place);
      await place.clock.advanceBy(SOCKET_LIMITS.messageMs / 4);
    }
    await gone;
    await serves(place);
  });

  it('is sent away for what is no request', async ({ onTestFinished }) => {
    const place = await served(onTestFinished);
    const oversized = Buffer.from([0x7f, 0xff, 0xff, 0xff]);
    const deep = Buffer.from(`${'['.repeat(100_000)}`);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(deep.length);
    const bad = [
      ...[oversized, Buffer.alloc(4), Buffer.concat([length, deep])],
      ...[
        { type: 'stop', id: 0 },
        { type: 'health' },
        { type: 'health', id: -1 },
        { type: 'health', id: 0, more: 1 },
      ].map(frame),
      ...[{ type: 'job', id: 0, job: '../x' }, { type: 'events', id: 0, from: 'x' }, [], 'x'].map((one) =>
        frame(one as object),
      ),
      frame({ type: 'submit', id: 0, expect: 'task', command: { kind: 'x', id: 'y', unheardOf: 1 } }),
      Buffer.concat([
        frame({ type: 'outcome', id: 0, job: JOB }),
        frame({ type: 'outcome', id: 0, job: JOB }),
      ]),
    ];
    for (const bytes of bad) {
      const { socket, messages } = await place.enter();
      socket.write(bytes);
      expect((await messages.next()).value).toMatchObject({
        type: 'bye',
        error: { code: expect.any(String) },
      });
      await closed(socket);
    }
    await serves(place);
  });

  it('does no harm with any JSON', async ({ onTestFinished }) => {
    const place = await served(onTestFinished);
    const types = ['submit', 'outcome', 'job', 'health', 'events', 'progress', 'cancel'];
    const fields = fc.dictionary(fc.constantFrom('expect', 'command', 'job', 'from'), fc.jsonValue());
    const request = fc.tuple(fc.constantFrom(...types), fc.nat({ max: 3 }), fields);
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 4 }), async (requests) => {
        const { socket, messages } = await place.enter();
        for (const [type, id, more] of requests) socket.write(frame({ type, id, ...more }));
        socket.end();
        for await (const message of messages) {
          expect((message as { error?: { code: string } }).error?.code).not.toBe('Internal');
        }
        await closed(socket);
      }),
      { numRuns: 100 },
    );
    await serves(place);
  });

  it('is answered with a typed error for a value that is none', async ({ onTestFinished }) => {
    const place = await served(onTestFinished);
    const { socket, messages } = await place.enter();
    const inputs = [
      '{"$bigint":"x"}',
      '{"$bytes":"?"}',
      '{"__proto__":1}',
      `${'['.repeat(99)}${']'.repeat(99)}`,
      '"\\ud800"',
    ];
    for (const input of inputs) {
      const text = `{"type":"submit","id":0,"expect":"task","command":{"kind":"x","id":"y","input":${input}}}`;
      const length = Buffer.alloc(4);
      length.writeUInt32BE(Buffer.byteLength(text));
      socket.write(Buffer.concat([length, Buffer.from(text)]));
      expect((await messages.next()).value).toMatchObject({
        type: 'error',
        id: 0,
        error: { code: 'InvalidValue' },
      });
    }
  });

  it('is refused parts of a batch that do not go on from each other', async ({ onTestFinished }) => {
    let queued = 0;
    const zone = stubZone({
      enqueueAll: async (commands) => {
        queued += commands.length;
        return [];
      },
    });
    const { channel, messages } = await (await served(onTestFinished, zone)).enter();
    const jobs = [{ kind: 'x' }];
    const ask = async (id: number, batch: string, part: number, more: boolean): Promise<unknown> => {
      channel.send({ type: 'batch', id, batch, part, more, jobs });
      return (await messages.next()).value;
    };
    expect(await ask(0, 'a', 1, true)).toMatchObject({ type: 'error', error: { code: 'InvalidInput' } });
    expect(await ask(1, 'a', 0, true)).toMatchObject({ type: 'result' });
    expect(await ask(2, 'b', 1, false)).toMatchObject({ type: 'error', error: { code: 'InvalidInput' } });
    expect(await ask(3, 'a', 0, true)).toMatchObject({ type: 'result' });
    expect(await ask(4, 'a', 1, false)).toMatchObject({ type: 'end' });
    expect(queued).toBe(2);
  });

  it('is refused a batch with its first part when it may not submit that', async ({ onTestFinished }) => {
    let queued = 0;
    const zone = stubZone({
      maySubmit: (kind) => {
        if (kind !== 'mine') throw new KernelError('CapabilityDenied', 'not that', { data: { kind } });
      },
      enqueueAll: async (commands) => {
        queued += commands.length;
        return [];
      },
    });
    const { channel, messages } = await (await served(onTestFinished, zone)).enter();
    const ask = async (id: number, part: number, more: boolean, kind: string): Promise<unknown> => {
      channel.send({ type: 'batch', id, batch: 'a', part, more, jobs: [{ kind: 'mine' }, { kind }] });
      return (await messages.next()).value;
    };
    const denied = { type: 'error', error: { code: 'CapabilityDenied' } };
    expect(await ask(0, 0, true, 'theirs')).toMatchObject(denied);
    expect(await ask(1, 0, true, 'mine')).toMatchObject({ type: 'result' });
    expect(await ask(2, 1, true, 'theirs')).toMatchObject(denied);
    expect(await ask(3, 2, false, 'mine')).toMatchObject({ error: { code: 'InvalidInput' } });
    expect(queued).toBe(0);
  });

  it('is refused more requests than it may have under way, and can take some back', async ({
    onTestFinished,
  }) => {
    const place = await served(
      onTestFinished,
      stubZone({
        outcome: (_job, options) =>
          new Promise((_resolve, reject) =>
            options?.signal?.addEventListener('abort', () => {
              reject(new KernelError('Cancelled', 'not wanted'));
            }),
          ),
      }),
    );
    const { channel, messages } = await place.enter();
    for (let id = 0; id <= SOCKET_LIMITS.maxInFlight; id++) channel.send({ type: 'outcome', id, job: JOB });
    const next = async (): Promise<Reply> => (await messages.next()).value as Reply;
    expect(await next()).toMatchObject({
      id: SOCKET_LIMITS.maxInFlight,
      error: { code: 'ResourcesExhausted' },
    });
    channel.send({ type: 'cancel', id: 3 });
    expect(await next()).toMatchObject({ type: 'error', id: 3, error: { code: 'Cancelled' } });
    channel.send({ type: 'health', id: 3 });
    expect(await next()).toMatchObject({ type: 'result', id: 3 });
  });

  it('that reads nothing makes the server keep a bounded part of a subscription', async ({
    onTestFinished,
  }) => {
    let taken = 0;
    let ended = false;
    const event = { type: 'fact.emitted', v: 1, by: 'x', fact: { name: 'x', data: 'x'.repeat(10_000) } };
    const place = await served(
      onTestFinished,
      stubZone({
        events: async function* () {
          try {
            for (let position = 0; position < 10_000; position++) {
              taken += 1;
              yield { position, time: 0, event } as unknown as RecordedEvent;
            }
          } finally {
            ended = true;
          }
        },
      }),
    );
    const { socket } = await place.enter();
    socket.pause();
    socket.write(frame({ type: 'events', id: 0 }));
    for (let before = -1; before !== taken;) {
      before = taken;
      await serves(place);
    }
    expect(taken).toBeGreaterThan(50);
    expect(taken).toBeLessThan(400);
    socket.destroy();
    while (!ended) await setImmediate();
  });
});

describe('connectZone', () => {
  it('trusts no secret that others could have written', async ({ onTestFinished }) => {
    const place = await served(onTestFinished);
    await chmod(path.join(place.dir, 'tksm.secret'), 0o640);
    await expect(reached(place)).rejects.toMatchObject({ code: 'CapabilityDenied' });
  });

  it('says nothing but hello to an impostor', async ({ onTestFinished }) => {
    const place = await served(onTestFinished);
    await rm(path.join(place.dir, 'tksm.sock'));
    let heard = '';
    const impostor = createServer((socket) => {
      socket.once('data', () => {
        socket.write(frame({ type: 'challenge', version: 1, nonce: '0'.repeat(32), proof: '0'.repeat(64) }));
        socket.write(frame({ type: 'welcome', zone: 'a'.repeat(32) }));
      });
      socket.on('data', (data) => (heard += data.toString('latin1')));
      socket.on('error', () => undefined);
    });
    onTestFinished(() => void impostor.close());
    await new Promise<void>((resolve) => void impostor.listen(path.join(place.dir, 'tksm.sock'), resolve));
    await expect(reached(place)).rejects.toMatchObject({ code: 'CapabilityDenied' });
    expect(heard).toContain('hello');
    expect(heard).not.toContain('answer');
  });

  it('gives up on who listens and says nothing', async ({ onTestFinished }) => {
    const place = await served(onTestFinished);
    await rm(path.join(place.dir, 'tksm.sock'));
    const silent = createServer(() => void place.clock.advanceBy(SOCKET_LIMITS.greetingMs));
    onTestFinished(() => void silent.close());
    await new Promise<void>((resolve) => void silent.listen(path.join(place.dir, 'tksm.sock'), resolve));
    await expect(reached(place)).rejects.toMatchObject({ code: 'Unreachable' });
  });

  it('says that nobody answers in a folder without a server, or with a dead one', async ({
    onTestFinished,
  }) => {
    const place = await served(onTestFinished);
    const [secret, socket] = ['tksm.secret', 'tksm.sock'].map((name) => path.join(place.dir, name));
    const text = await place.secret();
    await place.server.close();
    await expect(reached(place)).rejects.toMatchObject({ code: 'Unreachable' });
    await writeFile(secret ?? '', text, { mode: 0o600 });
    await expect(reached(place)).rejects.toMatchObject({ code: 'Unreachable' });
    await writeFile(socket ?? '', '');
    await expect(reached(place)).rejects.toMatchObject({ code: 'Unreachable' });
  });

  it.skipIf(process.getuid?.() !== 0)('lets no other user in', async ({ onTestFinished }) => {
    const place = await served(onTestFinished);
    await chmod(place.dir, 0o777);
    const child = spawn(process.execPath, [path.join(import.meta.dirname, 'other-user.ts'), place.dir], {
      uid: 65_534,
      gid: 65_534,
      cwd: '/',
    });
    let said = '';
    child.stdout.on('data', (data: Buffer) => (said += data.toString()));
    child.stderr.on('data', (data: Buffer) => (said += data.toString()));
    await once(child, 'close');
    expect(said).toBe('secret EACCES, socket EACCES\n');
  });
});
