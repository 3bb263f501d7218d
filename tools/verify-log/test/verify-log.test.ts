import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { statSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkCheckpoint, checkLog, checkProof } from '../src/main.ts';
import { writeProvedLog } from './proved-log.ts';
import type { ProvedLog } from './proved-log.ts';

/** Generous: the machine may be busy. */
const TIMEOUT = { timeout: 120_000 };
/** Each so many bytes of a segment's frames are flipped: all would take minutes, and a checksum makes no difference. */
const STEP = 11;
const FRAMES_AT = 4096;

let proved: ProvedLog;

/** The bytes with one bit of one byte changed, by turns another bit. */
function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8));
  return copy;
}

/** What is found with one byte of a file changed. */
function withFlip<T>(file: string, at: number, look: () => T): T {
  const bytes = readFileSync(file);
  const handle = openSync(file, 'r+');
  try {
    writeSync(handle, flipped(bytes, at), at, 1, at);
    return look();
  } finally {
    writeSync(handle, bytes, at, 1, at);
    closeSync(handle);
  }
}

function segments(): string[] {
  const folder = path.join(proved.dir, 'log');
  const names = readdirSync(folder).filter((name) => name.endsWith('.seg'));
  return names.sort().map((name) => path.join(folder, name));
}

const signed = () => checkCheckpoint(proved.checkpoint.note, proved.verifierKey);

describe.each(['frames', 'events'] as const)('verify-log, with leaves of %s', TIMEOUT, (leaves) => {
  beforeAll(async () => {
    proved = await writeProvedLog(leaves);
  }, 120_000);
  afterAll(() => {
    rmSync(proved.dir, { recursive: true, force: true });
  });

  it('accepts the log, both checkpoints, every event and every other kind of proof', () => {
    const { dir, verifierKey, older, checkpoint, proofs, proveEvent } = proved;
    expect(segments().length).toBeGreaterThan(2);
    for (const { note } of [older, checkpoint]) {
      expect(checkLog(dir, checkCheckpoint(note, verifierKey))).toHaveLength(1);
    }
    for (const proof of Object.values(proofs)) expect(checkProof(proof, verifierKey)).toMatch(/\d/);
    for (let position = 0; position < checkpoint.checkpoint.position; position++) {
      expect(checkProof(proveEvent(position), verifierKey)).toMatch(`event ${position} is in`);
    }
  });

  it.for(['event', 'consistency', 'state', 'zone'] as const)(
    'refuses a proof (%s) with any byte flipped',
    (kind) => {
      const bytes = Buffer.from(proved.proofs[kind]);
      const passed: number[] = [];
      for (let at = 0; at < bytes.length; at++) {
        if (isAccepted(() => checkProof(flipped(bytes, at).toString(), proved.verifierKey))) passed.push(at);
      }
      expect(passed).toEqual([]);
    },
  );

  it('is shown the neighbours of an event only where leaves are frames', () => {
    const shown = Array.from({ length: proved.checkpoint.checkpoint.position }, (_, position) => {
      const { frame = '', event } = JSON.parse(proved.proveEvent(position)) as Record<string, string>;
      return JSON.stringify(event) + Buffer.from(frame, 'base64').toString();
    });
    const [one, ...more] = shown.filter((text) => text.includes('name-22'));
    expect(one).toBeDefined();
    expect(more.length > 0).toBe(leaves === 'frames');
    expect(one?.includes('name-21')).toBe(leaves === 'frames');
  });

  it('refuses a log that begins later without what is left of its beginning', () => {
    const [first = '', second = ''] = segments();
    const start = Number(path.basename(second, '.seg'));
    const rows = path.join(proved.dir, 'proofs', 'frames');
    mkdirSync(path.dirname(rows));
    writeFileSync(rows, rowsOf(proved.leaves));
    renameSync(first, `${first}.away`);
    try {
      expect(start).toBeGreaterThan(0);
      expect(checkLog(proved.dir, signed()).join()).toContain(`before ${start} are archived`);
      expect(() => checkLog(proved.dir)).toThrow(/needs a checkpoint/);
      const older = checkCheckpoint(proved.older.note, proved.verifierKey);
      const isCovered = older.position > start;
      expect(isAccepted(() => checkLog(proved.dir, older))).toBe(isCovered);
      for (const at of [1, 2, 3].flatMap((row) => [8, 20, 39].map((byte) => row * 44 + byte)))
        expect(
          withFlip(rows, at, () => isAccepted(() => checkLog(proved.dir, signed()))),
          `byte ${at}`,
        ).toBe(false);
      rmSync(rows);
      expect(() => checkLog(proved.dir, signed())).toThrow(/not the log/);
    } finally {
      renameSync(`${first}.away`, first);
    }
  });

  it('refuses a checkpoint with any byte flipped, and any other verifier key', () => {
    const { verifierKey, checkpoint } = proved;
    const [note, key] = [Buffer.from(checkpoint.note), Buffer.from(verifierKey)];
    for (let at = 0; at < note.length; at++)
      expect(() => checkCheckpoint(flipped(note, at).toString(), verifierKey), `byte ${at}`).toThrow();
    for (let at = 0; at < key.length; at++)
      expect(() => checkCheckpoint(checkpoint.note, flipped(key, at).toString()), `byte ${at}`).toThrow();
  });

  it('refuses a log with any flushed byte flipped, with and without a checkpoint', () => {
    const checkpoint = signed();
    const passed: string[] = [];
    let flips = 0;
    for (const file of segments()) {
      const end = readFileSync(file).findLastIndex((byte) => byte !== 0) + 1;
      for (let at = 0; at < end; at += at < FRAMES_AT ? STEP * 8 : STEP) {
        flips += 1;
        const isSeen = withFlip(
          file,
          at,
          () => !isAccepted(() => checkLog(proved.dir, at % 2 ? checkpoint : undefined)),
        );
        if (!isSeen) passed.push(`${file} ${at}`);
      }
    }
    expect(passed).toEqual([]);
    console.log(`${flips} flips in ${segments().length} segments refused`);
  });

  it('says what is wrong in files that can be made anew, and in what was never acknowledged', () => {
    const last = segments().at(-1) ?? '';
    const [head, format] = [path.join(proved.dir, 'log', 'HEAD'), path.join(proved.dir, 'FORMAT')];
    for (let at = 0; at < statSync(format).size; at++)
      expect(withFlip(format, at, () => checkLog(proved.dir)).join()).toMatch(/FORMAT/);
    for (const at of [0, 5, 16, 60, 90, 95, 96, 2000, 4096, 4100, 4112, 4160, 4191, 4192, 8000])
      if (at < statSync(head).size)
        expect(withFlip(head, at, () => checkLog(proved.dir)).join(), `byte ${at}`).toMatch(/HEAD/);
    const tail = readFileSync(last).findLastIndex((byte) => byte !== 0) + 100;
    if (tail < statSync(last).size)
      expect(withFlip(last, tail, () => checkLog(proved.dir)).join()).toMatch(/never acknowledged/);
  });

  it('refuses the log of another zone, and proofs under its key', async () => {
    const other = await writeProvedLog(leaves, 2);
    try {
      expect(() => checkLog(other.dir, signed())).toThrow(/not the log/);
      expect(() => checkProof(other.proofs.event, proved.verifierKey)).toThrow(/not signed/);
    } finally {
      rmSync(other.dir, { recursive: true, force: true });
    }
  });
});

function isAccepted(check: () => unknown): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

/** `proofs/frames` as docs/adr 23 has it. Its title and checksums are of no use to the verifier, which knows the root. */
function rowsOf(leaves: ProvedLog['leaves']): Buffer {
  const rows = leaves.map(({ position, leaf }) => {
    const row = Buffer.alloc(44);
    row.writeBigUInt64LE(BigInt(position));
    leaf.copy(row, 8);
    return row;
  });
  return Buffer.concat([Buffer.alloc(44), ...rows]);
}
