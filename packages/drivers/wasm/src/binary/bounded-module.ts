import { refusedModule } from '../module-error.ts';
import { ByteReader, u32Bytes } from './byte-reader.ts';

export const PAGE_BYTES = 65_536;
/** Most tables of a module, and most entries of one: what a program may take besides its memory. */
const [MAX_TABLES, MAX_ENTRIES] = [16, 1_000_000];

/** `\0asm`, version 1. */
const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const SECTION = { table: 4, memory: 5 };
/** Types of references in a table: functions, and what comes from outside. */
const REFERENCES: ReadonlySet<number> = new Set([0x70, 0x6f]);

/**
 * The module with bounds on what it may grow to: its memory says itself that it ends at `maxPages`, and each table at a
 * bound, so that the engine refuses to let it grow beyond. All else stays as it is, and is for the engine to judge.
 * Source: WebAssembly 2.0, 5.5 (modules).
 *
 * @throws KernelError `InvalidInput`: no module, memory of 64 bits, shared or several, more from the start than the bound
 */
export function boundedModule(module: Uint8Array, maxPages: number): Uint8Array {
  const reader = new ByteReader(module);
  if (HEADER.some((byte) => reader.isAtEnd || reader.byte() !== byte)) {
    throw refusedModule('it does not begin as a WebAssembly module does');
  }
  const parts: Uint8Array[] = [Uint8Array.from(HEADER)];
  while (!reader.isAtEnd) {
    const id = reader.byte();
    const body = reader.take(reader.u32());
    const bounded = boundedSection(id, body, maxPages);
    parts.push(Uint8Array.from([id, ...u32Bytes(bounded.length)]), bounded);
  }
  return new Uint8Array(Buffer.concat(parts));
}

function boundedSection(id: number, body: Uint8Array, maxPages: number): Uint8Array {
  if (id === SECTION.memory) return boundedMemory(new ByteReader(body), maxPages);
  return id === SECTION.table ? boundedTables(new ByteReader(body)) : body;
}

function boundedMemory(reader: ByteReader, maxPages: number): Uint8Array {
  const count = reader.u32();
  if (count > 1) throw refusedModule('it has several memories');
  const memories = count === 0 ? [] : boundedLimits(reader, maxPages, 'memory');
  return ended(reader, [...u32Bytes(count), ...memories]);
}

function boundedTables(reader: ByteReader): Uint8Array {
  const count = reader.u32();
  if (count > MAX_TABLES) throw refusedModule(`it has more than ${MAX_TABLES} tables`);
  const tables: number[] = [];
  for (let index = 0; index < count; index++) {
    const type = reader.byte();
    if (!REFERENCES.has(type)) throw refusedModule('it has a table of other than functions');
    tables.push(type, ...boundedLimits(reader, MAX_ENTRIES, 'table'));
  }
  return ended(reader, [...u32Bytes(count), ...tables]);
}

/** Limits that say where they end. */
function boundedLimits(reader: ByteReader, bound: number, what: 'memory' | 'table'): number[] {
  const flags = reader.byte();
  if (flags > 1) throw refusedModule(`it has a ${what} that is shared or of 64 bits`);
  const least = reader.u32();
  const most = flags === 1 ? reader.u32() : bound;
  if (least > bound) {
    const bytes = what === 'memory' ? ` (${least * PAGE_BYTES} bytes)` : '';
    const why = `its ${what} begins with ${least}${bytes}, and ${bound} is what it may have`;
    throw refusedModule(why, what === 'memory' ? 'raise memoryBytes' : undefined);
  }
  return [1, ...u32Bytes(least), ...u32Bytes(Math.min(most, bound))];
}

function ended(reader: ByteReader, bytes: readonly number[]): Uint8Array {
  if (!reader.isAtEnd) throw refusedModule('it has a section that is longer than what is in it');
  return Uint8Array.from(bytes);
}
