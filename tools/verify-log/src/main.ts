// Checks a log folder of TKSM, its checkpoints and its proofs, by the formats written down in docs/adr 2, 8, 13 and 23. It
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
const leafOf = (...parts: Uint8Array[]): Buffer => sha(Buffer.concat([Buffer.of(0), ...parts]));
const pair = (left: Buffer, right: Buffer): Buffer => sha(Buffer.concat([Buffer.of(1), left, right]));
const isOdd = (value: number): boolean => value % 2 === 1;

function unbase64(text: unknown, bytes?: number): Buffer {
  const decoded = Buffer.from(String(text), 'base64');
  const isExact = decoded.toString('base64') === text && (bytes ?? decoded.length) === decoded.length;
  demand(isExact, 'something is not base64 of the right length');
  return decoded;
}

// Checkpoints

/** Reads a signed note (c2sp.org/signed-note) of a checkpoint (c2sp.org/tlog-checkpoint). */
export function checkCheckpoint(note: unknown, verifierKey: string) {
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
  const eventLeaves = rest.join() === 'tksm-leaves/1 events,';
  const [, position = '', digest = ''] = /^tksm-state\/1 (0|[1-9]\d{0,15}) ([0-9a-f]{64})$/.exec(state) ?? [];
  const isText = origin === name && digest !== '' && (eventLeaves || rest.join() === '');
  demand(isText, 'the text is not a checkpoint');
  demand(/^[1-9]\d{0,15}$/.test(size), 'the checkpoint has no size');
  const [frames, events] = [Number(size), Number(position)];
  return { origin, size: frames, root: unbase64(root, 32), position: events, digest, eventLeaves };
}

type Checkpoint = ReturnType<typeof checkCheckpoint>;

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

type Proof = Readonly<Record<string, unknown>>;

/** The root that a leaf leads to. */
function rootFrom(leaf: Buffer, path: unknown, index: unknown, size: number): Buffer {
  demand(typeof index === 'number' && Number.isSafeInteger(index), 'an index is not a number');
  demand(index >= 0 && index < size, 'an index is not in its tree');
  return climb(leaf, hashes(path), index, size - 1)[1];
}

/** An event and its frame, which shows all events in it; with event leaves its header, and this event alone. */
function checkEvent(proof: Proof, { size, root, position: end, eventLeaves }: Checkpoint): string {
  const { type, position, index, event, path } = proof;
  const bytes = unbase64(eventLeaves ? proof['header'] : proof['frame']);
  demand(type === (eventLeaves ? 'event-leaf' : 'event'), 'the leaves of this log are made otherwise');
  demand(bytes.length >= FRAME_HEADER && bytes.readUInt32LE(0) === 1, 'the frame is not one');
  const [count, first] = [bytes.readUInt32LE(4), Number(bytes.readBigUInt64LE(8))];
  demand(Number.isSafeInteger(position) && Number(position) < end, 'the position is not in the log');
  const place = Number(position) - first;
  let leaf = leafOf(bytes);
  if (eventLeaves) {
    demand(bytes.length === FRAME_HEADER && typeof event === 'string', 'the event is not shown alone');
    const text = Buffer.from(event);
    demand(text.toString() === event, 'the event is not a text');
    leaf = leafOf(bytes, rootFrom(leafOf(text), path, place, count));
  } else {
    demand(place >= 0 && place < count, 'the position is not in the frame');
    const events = JSON.parse(bytes.subarray(FRAME_HEADER).toString()) as unknown[];
    demand(JSON.stringify(events[place]) === JSON.stringify(event), 'the frame has another event there');
  }
  demand(rootFrom(leaf, proof['inclusion'], index, size).equals(root), 'the frame does not lead to the root');
  return `event ${Number(position)} is in frame ${Number(index)} of ${size}`;
}

function checkConsistency(proof: Proof, newer: Checkpoint, key: string): string {
  const older = checkCheckpoint(proof['older'], key);
  const path = hashes(proof['consistency']);
  demand(older.size <= newer.size && older.position <= newer.position, 'the older checkpoint is newer');
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

function checkState(proof: Proof, { digest, position }: Checkpoint): string {
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
  'event-leaf': 'format,type,checkpoint,position,event,path,header,index,inclusion',
  consistency: 'format,type,checkpoint,older,consistency',
  state: 'format,type,checkpoint,key,value,bucket,rows',
};

/** Checks a proof file; answers what it proves. */
export function checkProof(file: string, key: string): string {
  const proof = JSON.parse(file) as Proof;
  const { format, type } = proof;
  const fields = Object.keys(proof).join(',');
  demand(format === 'tksm-proof/1' && fields === FIELDS[String(type)], 'it is not a proof of this format');
  demand(`${JSON.stringify(proof, undefined, 2)}\n` === file, 'the proof is not in its one form');
  const checkpoint = checkCheckpoint(proof['checkpoint'], key);
  if (type === 'consistency') return checkConsistency(proof, checkpoint, key);
  return type === 'state' ? checkState(proof, checkpoint) : checkEvent(proof, checkpoint);
}

// The log

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? CARRIED : 0);
  return crc;
});

function crc32c(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 255] ?? 0);
  return ~crc >>> 0;
}

/** A tree that grows: the roots of the complete subtrees that its leaves fall into. */
class Tree {
  size = 0;
  readonly #peaks: Buffer[] = [];

  add(leaf: Buffer): void {
    let node = leaf;
    for (let rest = this.size; isOdd(rest); rest = (rest - 1) / 2)
      node = pair(this.#peaks.pop() ?? node, node);
    this.size = this.#peaks.push(node) && this.size + 1;
  }

  root(): Buffer {
    return this.#peaks.reduceRight((right, left) => pair(left, right));
  }
}

/** Follows the chain over all segments, and hashes the tree on the way. */
class Chain {
  position = 0;
  hash: Buffer = Buffer.alloc(32);
  zone: unknown;
  eventLeaves = false;
  readonly tree = new Tree();
  /** First position and length of the segment before. */
  segment = { first: 0, bytes: 0 };

  /** Reads the frames of a segment; answers where they end. */
  follow(segment: Buffer, seen: () => void): number {
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
      seen();
      at = next;
    }
  }

  #take(frame: Buffer): void {
    const [header, payload] = [frame.subarray(0, FRAME_HEADER), frame.subarray(FRAME_HEADER).toString()];
    if (this.position === 0) {
      const [first] = JSON.parse(payload) as { zone?: unknown; eventLeaves?: unknown }[];
      [this.zone, this.eventLeaves] = [first?.zone, first?.eventLeaves === true];
    }
    const count = header.readUInt32LE(4);
    this.hash = leafOf(frame);
    this.position += count;
    this.tree.add(this.eventLeaves ? leafOf(header, rootOver(payload, count)) : this.hash);
  }
}

/** Root over the events of a frame, whose texts are as JSON.stringify writes them. */
function rootOver(payload: string, count: number): Buffer {
  const texts = (JSON.parse(payload) as unknown[]).map((event) => JSON.stringify(event));
  demand(texts.length === count && `[${texts.join(',')}]` === payload, 'a frame is not a list of its events');
  const tree = new Tree();
  for (const text of texts) tree.add(leafOf(Buffer.from(text)));
  return tree.root();
}

/** Begins a chain where the segments do: of the frames before, the leaves in `proofs/frames` are what is left. */
function skipArchived(dir: string, chain: Chain, header: Buffer, { size, eventLeaves }: Checkpoint): void {
  const [path, position] = [`${dir}/proofs/frames`, Number(header.readBigUInt64LE(16))];
  const rows = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  for (let at = 44; at + 44 <= rows.length && Number(rows.readBigUInt64LE(at)) < position; at += 44)
    chain.tree.add(rows.subarray(at + 8, at + 40));
  demand(chain.tree.size < size, 'the checkpoint is older than the first frame that is there');
  const [first, bytes] = [24, 32].map((at) => Number(header.readBigUInt64LE(at)));
  Object.assign(chain, { position, hash: header.subarray(40, 72), eventLeaves, segment: { first, bytes } });
}

const isZero = (bytes: Buffer): boolean => bytes.equals(Buffer.alloc(bytes.length));

/** HEAD: how far the log was flushed, from the newer of its two slots. */
function readHead(path: string, notes: string[]): { readonly position: number; readonly hash: Buffer } {
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
  const first = Number(names[0]?.slice(0, 20) ?? 0);
  const chain = new Chain();
  const compare = (): void => {
    const { position, tree, hash: head, zone } = chain;
    if (position === mark.position) isMarked = head.equals(mark.hash);
    if (checkpoint === undefined || tree.size !== checkpoint.size) return;
    isSigned = tree.root().equals(checkpoint.root) && position === checkpoint.position;
    isSigned &&= first > 0 || checkpoint.origin === `tksm/zone/${String(zone)}`;
  };
  if (first > 0) {
    demand(checkpoint !== undefined, `the log begins at ${first}: what was before needs a checkpoint`);
    const header = readFileSync(`${dir}/log/${names[0] ?? ''}`).subarray(0, HEADER);
    skipArchived(dir, chain, header, checkpoint);
    notes.push(`events before ${first} are archived; the checkpoint covers them`);
  }
  for (const [number, name] of names.entries()) {
    const segment = readFileSync(`${dir}/log/${name}`);
    checkHeader(segment, name, chain);
    const end = chain.follow(segment, compare);
    const where = `${name}, byte ${end}, position ${chain.position}`;
    if (number < names.length - 1) demand(end === segment.length, `damaged at ${where}`);
    else if (!isZero(segment.subarray(end))) {
      demand(mark.position > 0 && chain.position >= mark.position, `damaged at ${where}`);
      notes.push(`bytes that were never acknowledged at ${where}`);
    }
    chain.segment = { first: Number(name.slice(0, 20)), bytes: segment.length };
  }
  const { position: end, tree } = chain;
  demand(tree.size > 0, 'there is no log');
  demand(isMarked, `the log ends at ${end}, or HEAD (${mark.position}) was written for another`);
  demand(isSigned, 'this is not the log that the checkpoint was signed for');
  return [`${end} events in ${tree.size} frames; root ${tree.root().toString('base64')}`, ...notes];
}

function checkHeader(segment: Buffer, name: string, chain: Chain): void {
  const block = segment.subarray(0, HEADER);
  const isHeader = block.length === HEADER && block.toString('latin1', 0, 8) === 'TKSMSEG\n';
  demand(isHeader && crc32c(block.subarray(12)) === block.readUInt32LE(8), `${name} has no whole header`);
  demand(block.readUInt32LE(12) === 1, `${name} has another version`);
  const [first, previous, bytes] = [16, 24, 32].map((at) => Number(block.readBigUInt64LE(at)));
  const isNext = first === chain.position && first === Number(name.slice(0, 20));
  const isChained = previous === chain.segment.first && bytes === chain.segment.bytes;
  demand(isNext && isChained && block.subarray(40, 72).equals(chain.hash), `${name} does not go on`);
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
  const read = (file: string): string => readFileSync(file, 'utf8');
  const needsKey = what !== 'log' || checkpoint !== undefined;
  if (path === undefined || more.length > 0 || (needsKey && key === '')) throw new TypeError(USAGE);
  const signed = checkpoint === undefined ? undefined : checkCheckpoint(read(checkpoint), key);
  if (what === 'log') console.log(checkLog(path, signed).join('\n'));
  else if (what === 'proof') console.log(checkProof(read(path), key));
  else if (what === 'checkpoint') {
    const { origin, size, position } = checkCheckpoint(read(path), key);
    console.log(`${origin}: ${position} events in ${size} frames`);
  } else throw new TypeError(USAGE);
  return 0;
}

if (import.meta.main) {
  try {
    process.exitCode = main();
  } catch (error) {
    const isUsage = error instanceof TypeError && (error.message === USAGE || 'code' in error);
    console.error(isUsage ? USAGE : `refused: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = isUsage ? 2 : 8;
  }
}
