// Checks a log folder of TKSM, its checkpoints and its proofs, by the formats written down in docs/adr 2, 8 and 13. It
// shares no code with what wrote them: this file and Node are all it takes. One segment is held in memory, never the log.
//
//   verify-log log DIR [--key VERIFIER_KEY --checkpoint FILE]
//   verify-log checkpoint FILE --key VERIFIER_KEY
//   verify-log proof FILE --key VERIFIER_KEY
//
// Exits 0 when everything holds, 8 when something does not, 2 when it was asked wrongly.

import { createPublicKey, hash, verify } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const [HEADER, FRAME_HEADER] = [4096, 64];
const [CONTROL_CHARACTER, CARRIED] = [/[^\P{Cc}\n]/u, 0x82f63b78];

/** The one way in which anything here fails. */
class Refused extends Error {}

function demand(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Refused(otherwise);
}

const sha = (data: string | Uint8Array): Buffer => hash('sha256', data, 'buffer');
const hex = (text: string | Buffer): string => sha(text).toString('hex');
const pair = (left: Buffer, right: Buffer): Buffer => sha(Buffer.concat([Buffer.of(1), left, right]));
const isOdd = (value: number): boolean => value % 2 === 1;

function unbase64(text: unknown, bytes?: number): Buffer {
  const decoded = Buffer.from(String(text), 'base64');
  const isExact = decoded.toString('base64') === text && (bytes ?? decoded.length) === decoded.length;
  demand(isExact, 'something is not base64 of the right length');
  return decoded;
}

// Checkpoints

interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
  readonly position: number;
  readonly digest: string;
}

/** Reads a signed note (c2sp.org/signed-note) of a checkpoint (c2sp.org/tlog-checkpoint). */
export function checkCheckpoint(note: unknown, verifierKey: string): Checkpoint {
  const [, name = '', id = '', key64] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(verifierKey) ?? [];
  const typed = unbase64(key64, 33);
  const keyId = sha(Buffer.concat([Buffer.from(`${name}\n`), typed])).subarray(0, 4);
  demand(typed[0] === 1 && keyId.toString('hex') === id, 'the verifier key is not one of Ed25519');
  demand(typeof note === 'string' && !CONTROL_CHARACTER.test(note), 'the checkpoint is not a note');
  const end = note.lastIndexOf('\n\n') + 1;
  const [text, lines] = [note.slice(0, end), note.slice(end + 1).split('\n')];
  demand(end > 0 && lines.pop() === '' && lines.length > 0, 'the checkpoint is not a note');
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: typed.subarray(1).toString('base64url') };
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const isSigned = lines.filter((line) => {
    const [dash, signer, signature, ...more] = line.split(' ');
    const bytes = unbase64(signature);
    demand(dash === '—' && more.length === 0, 'a signature line is not one');
    if (signer !== name || !bytes.subarray(0, 4).equals(keyId)) return false;
    demand(verify(null, Buffer.from(text), key, bytes.subarray(4)), 'the signature is wrong');
    return true;
  });
  demand(isSigned.length > 0, 'the checkpoint is not signed with this key');
  const [origin = '', size = '', root, state = '', ...rest] = text.split('\n');
  const [, position = '', digest = ''] = /^tksm-state\/1 (0|[1-9]\d{0,15}) ([0-9a-f]{64})$/.exec(state) ?? [];
  demand(origin === name && rest.join() === '' && digest !== '', 'the text is not a checkpoint');
  demand(/^[1-9]\d{0,15}$/.test(size), 'the checkpoint has no size');
  return { origin, size: Number(size), root: unbase64(root, 32), position: Number(position), digest };
}

// Proofs (RFC 9162 §2.1.3.2 and §2.1.4.2)

/** Climbs from a node to the root; answers the root by the hashes that stand left alone, and by all of them. */
function climb(seed: Buffer, path: readonly Buffer[], place: number, last: number): [Buffer, Buffer] {
  let [left, all] = [seed, seed];
  for (const sibling of path) {
    demand(last > 0, 'the path is too long');
    if (isOdd(place) || place === last) {
      [left, all] = [pair(sibling, left), pair(sibling, all)];
      while (!isOdd(place) && place > 0) [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
    } else all = pair(all, sibling);
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  demand(last === 0, 'the path is too short');
  return [left, all];
}

function checkEvent(
  proof: Readonly<Record<string, unknown>>,
  { size, root, position: end }: Checkpoint,
): string {
  const { position, index, event } = proof;
  const frame = unbase64(proof['frame']);
  demand(
    Number.isSafeInteger(index) && Number(index) >= 0 && Number(index) < size,
    'the index is not in the tree',
  );
  demand(frame.length >= FRAME_HEADER && frame.readUInt32LE(0) === 1, 'the frame is not one');
  const [, reached] = climb(
    sha(Buffer.concat([Buffer.of(0), frame])),
    hashes(proof['inclusion']),
    Number(index),
    size - 1,
  );
  demand(reached.equals(root), 'the frame does not lead to the root');
  const first = Number(frame.readBigUInt64LE(8));
  const events = JSON.parse(frame.subarray(FRAME_HEADER).toString()) as unknown[];
  const found = Number.isInteger(position) ? events[Number(position) - first] : undefined;
  demand(found !== undefined && Number(position) < end, 'the position is not in the frame');
  demand(JSON.stringify(found) === JSON.stringify(event), 'the frame has another event there');
  return `event ${Number(position)} is in frame ${Number(index)} of ${size}`;
}

function checkConsistency(proof: Readonly<Record<string, unknown>>, newer: Checkpoint, key: string): string {
  const older = checkCheckpoint(proof['older'], key);
  const path = hashes(proof['consistency']);
  demand(
    older.size <= newer.size && older.position <= newer.position,
    'the older checkpoint is the newer one',
  );
  if (older.size === newer.size) {
    demand(path.length === 0 && older.root.equals(newer.root), 'two logs of one size');
  } else {
    let [place, last] = [older.size - 1, newer.size - 1];
    while (isOdd(place)) [place, last] = [(place - 1) / 2, Math.floor(last / 2)];
    const [seed, ...rest] = place === 0 ? [older.root, ...path] : path;
    demand(seed !== undefined, 'the path is too short');
    const [before, after] = climb(seed, rest, place, last);
    demand(before.equals(older.root) && after.equals(newer.root), 'the older log is no part of the newer');
  }
  return `the first ${older.size} of ${newer.size} frames are those of the older checkpoint`;
}

function checkState(proof: Readonly<Record<string, unknown>>, { digest, position }: Checkpoint): string {
  const { key, value, bucket, rows } = proof;
  demand(typeof key === 'string' && Array.isArray(rows), 'the proof is not complete');
  demand(isHex(bucket, /^[0-9a-f]{128}$/), 'the bucket is not a list of entries');
  demand(bucket.includes(hex(key) + hex(canonical([key, value]))), 'the bucket has no such entry');
  let node = hex(Buffer.from(bucket.join(''), 'hex'));
  const place = [...hex(key).slice(0, 4)].reverse();
  demand(rows.length === place.length, 'the tree has four levels');
  for (const [above, row] of rows.entries()) {
    const slot = Number.parseInt(place[above] ?? '', 16);
    const isRow = isHex(row, /^((?!0{64})[0-9a-f]{64})?$/) && row.length === 16;
    demand(isRow && row[slot] === node, 'a row does not hold the node below');
    node = hex(Buffer.from(row.map((each) => each || '0'.repeat(64)).join(''), 'hex'));
  }
  demand(node === digest, 'the entry does not lead to the state digest');
  return `${key} has this value after ${position} events`;
}

function isHex(value: unknown, form: RegExp): value is readonly string[] {
  return isTexts(value) && value.every((each) => form.test(each));
}

/** JSON as RFC 8785 writes it. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function hashes(value: unknown): Buffer[] {
  demand(isTexts(value), 'a path is not a list');
  return value.map((each) => unbase64(each, 32));
}

const FIELDS: Readonly<Record<string, string>> = {
  event: 'format,type,checkpoint,position,event,index,frame,inclusion',
  consistency: 'format,type,checkpoint,older,consistency',
  state: 'format,type,checkpoint,key,value,bucket,rows',
};

/** Checks a proof file; answers what it proves. */
export function checkProof(file: string, key: string): string {
  const proof = JSON.parse(file) as Readonly<Record<string, unknown>>;
  const { format, type } = proof;
  const fields = Object.keys(proof).join(',');
  demand(format === 'tksm-proof/1' && fields === FIELDS[String(type)], 'it is not a proof of this format');
  demand(`${JSON.stringify(proof, undefined, 2)}\n` === file, 'the proof is not in its one form');
  const checkpoint = checkCheckpoint(proof['checkpoint'], key);
  if (type === 'event') return checkEvent(proof, checkpoint);
  return type === 'state' ? checkState(proof, checkpoint) : checkConsistency(proof, checkpoint, key);
}

// The log

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ CARRIED : crc >>> 1;
  return crc;
});

function crc32c(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 255] ?? 0);
  return ~crc >>> 0;
}

/** Follows the chain over all segments, and hashes the tree on the way. */
class Chain {
  position = 0;
  frames = 0;
  hash: Buffer = Buffer.alloc(32);
  zone: unknown;
  readonly #peaks: Buffer[] = [];
  readonly #seen: (chain: Chain) => void;

  constructor(seen: (chain: Chain) => void) {
    this.#seen = seen;
  }

  /** Reads the frames of a segment; answers where they end. */
  follow(segment: Buffer): number {
    let at = HEADER;
    for (;;) {
      const length = at + 8 > segment.length ? 0 : segment.readUInt32LE(at + 4);
      const next = at + Math.ceil((8 + length) / 8) * 8;
      if (length < FRAME_HEADER || next > segment.length) return at;
      const bytes = segment.subarray(at, next);
      if (crc32c(bytes.subarray(4)) !== bytes.readUInt32LE(0)) return at;
      const frame = bytes.subarray(8, 8 + length);
      if (frame.readUInt32LE(0) !== 1 || Number(frame.readBigUInt64LE(8)) !== this.position) return at;
      if (!frame.subarray(32, 64).equals(this.hash)) return at;
      this.#take(frame);
      at = next;
    }
  }

  #take(frame: Buffer): void {
    if (this.frames === 0) {
      const [first] = JSON.parse(frame.subarray(FRAME_HEADER).toString()) as { zone?: unknown }[];
      this.zone = first?.zone;
    }
    this.hash = sha(Buffer.concat([Buffer.of(0), frame]));
    this.position += frame.readUInt32LE(4);
    let node = this.hash;
    for (let rest = this.frames; isOdd(rest); rest = (rest - 1) / 2)
      node = pair(this.#peaks.pop() ?? node, node);
    this.#peaks.push(node);
    this.frames += 1;
    this.#seen(this);
  }

  root(): Buffer {
    return this.#peaks.reduceRight((right, left) => pair(left, right));
  }
}

interface Mark {
  readonly position: number;
  readonly hash: Buffer;
}

const isZero = (bytes: Buffer): boolean => bytes.equals(Buffer.alloc(bytes.length));

/** HEAD: how far the log was flushed, from the newer of its two slots. */
function readHead(path: string, notes: string[]): Mark {
  const file = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  const marks = [file.subarray(0, 96), file.subarray(HEADER, HEADER + 96)].flatMap((slot) => {
    if (isZero(slot)) return [];
    const isWhole = slot.length === 96 && slot.readUInt32LE(0) === 0x44484b54 && slot.readUInt32LE(8) === 1;
    if (isWhole && crc32c(slot.subarray(8)) === slot.readUInt32LE(4))
      return [{ position: Number(slot.readBigUInt64LE(16)), hash: slot.subarray(56, 88) }];
    notes.push('a slot of HEAD is damaged; the next start makes it anew');
    return [];
  });
  if (!isZero(file.subarray(96, HEADER)) || !isZero(file.subarray(HEADER + 96)))
    notes.push('HEAD has bytes where none belong');
  if (marks.length === 0) notes.push('HEAD says nothing: whether the end of the log is missing is not known');
  return marks.reduce((a, b) => (b.position > a.position ? b : a), { position: 0, hash: Buffer.alloc(32) });
}

/** Checks a whole folder, and that it is the log of a checkpoint. Answers what was found, a line each. */
export function checkLog(dir: string, checkpoint?: Checkpoint): string[] {
  const notes: string[] = [];
  const format = existsSync(`${dir}/FORMAT`) ? readFileSync(`${dir}/FORMAT`, 'latin1') : undefined;
  const line = 'tksm-segments 1';
  if (format !== `${line} ${crc32c(Buffer.from(line)).toString(16).padStart(8, '0')}\n`)
    notes.push('FORMAT is missing, damaged, or of another version');
  const mark = readHead(`${dir}/log/HEAD`, notes);
  const names = readdirSync(`${dir}/log`)
    .filter((name) => /^\d{20}\.seg$/.test(name))
    .sort();
  let [isMarked, isSigned] = [mark.position === 0, checkpoint === undefined];
  const chain = new Chain(({ position, frames, hash: head, zone }) => {
    if (position === mark.position) isMarked = head.equals(mark.hash);
    if (checkpoint === undefined || frames !== checkpoint.size) return;
    isSigned = chain.root().equals(checkpoint.root) && position === checkpoint.position;
    isSigned &&= checkpoint.origin === `tksm/zone/${String(zone)}`;
  });
  let before = { first: 0, bytes: 0 };
  for (const [number, name] of names.entries()) {
    const segment = readFileSync(`${dir}/log/${name}`);
    checkHeader(segment, name, chain, before);
    const end = chain.follow(segment);
    const where = `${name}, byte ${end}, position ${chain.position}`;
    if (number < names.length - 1) demand(end === segment.length, `damaged at ${where}`);
    else if (!isZero(segment.subarray(end))) {
      demand(mark.position > 0 && chain.position >= mark.position, `damaged at ${where}`);
      notes.push(`bytes that were never acknowledged at ${where}`);
    }
    before = { first: Number(name.slice(0, 20)), bytes: segment.length };
  }
  demand(chain.frames > 0, 'there is no log');
  demand(
    isMarked,
    `the log ends at ${chain.position} or is another one than HEAD was written for (${mark.position})`,
  );
  demand(isSigned, 'this is not the log that the checkpoint was signed for');
  return [
    `${chain.position} events in ${chain.frames} frames; root ${chain.root().toString('base64')}`,
    ...notes,
  ];
}

function checkHeader(
  segment: Buffer,
  name: string,
  chain: Chain,
  before: { first: number; bytes: number },
): void {
  const block = segment.subarray(0, HEADER);
  const isHeader = block.length === HEADER && block.toString('latin1', 0, 8) === 'TKSMSEG\n';
  demand(
    isHeader && crc32c(block.subarray(12)) === block.readUInt32LE(8),
    `${name} has no header that is whole`,
  );
  demand(block.readUInt32LE(12) === 1, `${name} has another version`);
  const [first, previous, bytes] = [16, 24, 32].map((at) => Number(block.readBigUInt64LE(at)));
  const isNext = first === chain.position && first === Number(name.slice(0, 20));
  const isChained = previous === before.first && bytes === before.bytes;
  demand(
    isNext && isChained && block.subarray(40, 72).equals(chain.hash),
    `${name} does not go on with the log`,
  );
}

const USAGE = `verify-log log DIR [--key VERIFIER_KEY --checkpoint FILE]
verify-log checkpoint FILE --key VERIFIER_KEY
verify-log proof FILE --key VERIFIER_KEY
`;

function main(): number {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { key: { type: 'string' }, checkpoint: { type: 'string' } },
  });
  const [what, path, ...more] = positionals;
  const { key = '', checkpoint } = values;
  const needsKey = what !== 'log' || checkpoint !== undefined;
  if (path === undefined || more.length > 0 || (needsKey && key === ''))
    throw new TypeError('wrong arguments');
  const signed =
    checkpoint === undefined ? undefined : checkCheckpoint(readFileSync(checkpoint, 'utf8'), key);
  if (what === 'log') console.log(checkLog(path, signed).join('\n'));
  else if (what === 'proof') console.log(checkProof(readFileSync(path, 'utf8'), key));
  else if (what === 'checkpoint') {
    const { origin, size, position } = checkCheckpoint(readFileSync(path, 'utf8'), key);
    console.log(`${origin}: ${position} events in ${size} frames`);
  } else throw new TypeError('wrong arguments');
  return 0;
}

if (import.meta.main) {
  try {
    process.exitCode = main();
  } catch (error) {
    const isUsage = error instanceof TypeError;
    console.error(isUsage ? USAGE : `refused: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = isUsage ? 2 : 8;
  }
}
