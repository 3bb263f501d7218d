import { KernelError } from '../errors/kernel-error.ts';

declare const brand: unique symbol;
/** A string that was checked where it came in. Inside, it is trusted. */
export type Branded<Name extends string> = string & { readonly [brand]: Name };

/** 128 bits as 32 lower-case hex digits. */
export type ZoneId = Branded<'zone'>;
export type JobId = Branded<'job'>;
export type HandleId = Branded<'handle'>;
export type AgentId = Branded<'agent'>;
/** Chosen by the caller: 1 to 128 letters, digits and `_ . : / -`. The same id is the same command. */
export type CommandId = Branded<'command'>;
/** Name of a kind: as a command id, without `/`. */
export type KindName = Branded<'kind'>;
/** Name of a schedule: as a command id. */
export type ScheduleName = Branded<'schedule'>;
/** SHA-256 as 64 lower-case hex digits. */
export type Hash = Branded<'hash'>;
/** Number of an event in its zone's log, from 0, dense. */
export type Position = number;
/** Milliseconds since 1970-01-01T00:00Z. */
export type Instant = number;

const HEX_128 = /^[0-9a-f]{32}$/;
const HEX_256 = /^[0-9a-f]{64}$/;
const COMMAND = /^[A-Za-z0-9_.:/-]{1,128}$/;
const KIND = /^[A-Za-z0-9_.:-]{1,128}$/;

function checked<T>(text: string, pattern: RegExp, what: string): T {
  // Callers without types get here too, and a pattern takes `undefined` for the text of that name.
  if (typeof text !== 'string' || !pattern.test(text)) {
    throw new KernelError('InvalidInput', `${JSON.stringify(String(text).slice(0, 140))} is not ${what}`);
  }
  return text as T;
}

/** @throws KernelError `InvalidInput`, as all of these */
export const zoneId = (text: string): ZoneId => checked(text, HEX_128, 'a zone id (32 hex digits)');
export const jobId = (text: string): JobId => checked(text, HEX_128, 'a job id (32 hex digits)');
export const agentId = (text: string): AgentId => checked(text, HEX_128, 'an agent id (32 hex digits)');
export const handleId = (text: string): HandleId => checked(text, COMMAND, 'a handle id');
export const commandId = (text: string): CommandId =>
  checked(text, COMMAND, 'a command id (1–128 of A-Z a-z 0-9 _ . : / -)');
export const kindName = (text: string): KindName =>
  checked(text, KIND, 'a kind name (1–128 of A-Z a-z 0-9 _ . : -)');
export const hash = (text: string): Hash => checked(text, HEX_256, 'a SHA-256 (64 hex digits)');

/** @throws KernelError `InvalidSchedule` */
export function scheduleName(text: string): ScheduleName {
  if (typeof text === 'string' && COMMAND.test(text)) return text as ScheduleName;
  const message = `${JSON.stringify(String(text).slice(0, 140))} is not the name of a schedule (1–128 of A-Z a-z 0-9 _ . : / -)`;
  throw new KernelError('InvalidSchedule', message, { data: { field: 'name' } });
}

/** The hash before the first frame. */
export const NO_HASH: Hash = hash('0'.repeat(64));
