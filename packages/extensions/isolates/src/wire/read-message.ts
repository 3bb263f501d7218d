import { ERROR_CODES, KernelError } from '@tksm/abstractions';
import { MAX_MESSAGE_LENGTH } from './messages.ts';
import type { IsolateMessage } from './messages.ts';

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isName = (value: unknown): boolean =>
  typeof value === 'string' && value.length > 0 && value.length <= 64;
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isRun = ({ job, epoch }: Fields): boolean => isName(job) && isCount(epoch);
const isError = (value: unknown): boolean =>
  isObject(value) &&
  typeof value['code'] === 'string' &&
  Object.hasOwn(ERROR_CODES, value['code']) &&
  typeof value['message'] === 'string' &&
  (value['data'] === undefined || isObject(value['data']));
const isEnding = ({ ok, value, error }: Fields): boolean =>
  ok === true ? value !== undefined : ok === false && isError(error);

/** What each message of an isolate looks like. */
const SHAPES: Readonly<Record<IsolateMessage['type'], (fields: Fields) => boolean>> = {
  hello: ({ protocol, error }) => isCount(protocol) && (error === undefined || isError(error)),
  call: (fields) =>
    isRun(fields) && isCount(fields['call']) && isName(fields['name']) && Array.isArray(fields['args']),
  tell: (fields) => isRun(fields) && isName(fields['name']) && Array.isArray(fields['args']),
  worked: (fields) => isRun(fields) && isCount(fields['call']) && isEnding(fields),
  result: (fields) => isRun(fields) && isEnding(fields),
};

/** A message of an isolate, checked. @throws KernelError `WorkerMisbehaved` for whatever else it says */
export function readMessage(text: unknown): IsolateMessage {
  if (typeof text !== 'string') throw misbehaved('said something that is no text');
  if (text.length > MAX_MESSAGE_LENGTH) throw misbehaved(`sent a message of ${text.length} characters`);
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    throw misbehaved('said something that is no JSON');
  }
  if (!isObject(message)) throw misbehaved('said something that is no message');
  const { type } = message;
  const fits = typeof type === 'string' && Object.hasOwn(SHAPES, type) && SHAPES[type as keyof typeof SHAPES];
  if (fits === false || !fits(message)) throw misbehaved('sent a message that does not fit the protocol');
  return message as unknown as IsolateMessage;
}

export function misbehaved(what: string): KernelError {
  return new KernelError('WorkerMisbehaved', `the isolate ${what}`);
}
