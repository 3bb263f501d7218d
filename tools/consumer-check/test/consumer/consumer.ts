// What a user of the contracts writes, with no other package and no platform types. It fails by throwing.

import {
  canonicalJson,
  commandId,
  decodeFrameHeader,
  encodeFrameHeader,
  FRAME_HEADER_BYTES,
  fromStored,
  isKernelError,
  KernelError,
  NO_HASH,
  noLogger,
  noMetrics,
  token,
  TOKENS,
  toStored,
} from '@tksm/abstractions';
import type {
  AppendOutcome,
  Clock,
  EventLog,
  FrameDraft,
  Kernel,
  Registrar,
  TaskKind,
  Token,
} from '@tksm/abstractions';

function check(holds: boolean, what: string): void {
  if (!holds) throw new KernelError('Internal', `a consumer found that ${what} does not hold`);
}

const still: Clock = { now: () => 1_700_000_000_000, monotonic: () => 0 };

// A contract that others implement, and one that others hand out.
const names: string[] = [];
const registrar: Registrar = {
  value: (of) => void names.push(of.name),
  singleton: (of) => void names.push(of.name),
  add: (of) => void names.push(of.name),
};
registrar.value(TOKENS.clock, still);
// @ts-expect-error A wrong registration does not compile.
registrar.value(TOKENS.clock, noLogger);
const mine: Token<number> = token<number>('consumer.mine');
registrar.singleton(mine, (resolver) => (resolver.has(TOKENS.log) ? 1 : 2));
check(names.join() === 'runtime.clock,runtime.clock,consumer.mine', 'a registrar is called');

const stored = toStored({ big: 12n, bytes: new Uint8Array([1, 2]), text: '😀' });
check(canonicalJson(stored) === '{"big":{"$bigint":"12"},"bytes":{"$bytes":"AQI="},"text":"😀"}', 'RFC 8785');
check(canonicalJson(toStored(fromStored(stored))) === canonicalJson(stored), 'a round trip of values');

const header = { position: 3, count: 1, time: still.now(), epoch: 2, previousHash: NO_HASH };
const bytes = new Uint8Array(FRAME_HEADER_BYTES);
encodeFrameHeader(header, bytes);
check(decodeFrameHeader(bytes).time === header.time, 'a round trip of frames');

try {
  commandId('not a command');
  check(false, 'a bad id is refused');
} catch (error) {
  check(isKernelError(error, 'InvalidInput') && !error.retryable, 'a bad id has a code');
}
// @ts-expect-error An id that nobody checked is no id.
const unchecked: ReturnType<typeof commandId> = 'unchecked';
check(unchecked === 'unchecked', 'brands cost nothing');

noLogger.child({ job: 'x' }).log('info', 'nothing');
noMetrics.counter('jobs', { help: 'none' }).add();

export const doubled: TaskKind<number> | undefined = undefined;
export async function append(log: EventLog, draft: FrameDraft): Promise<AppendOutcome['status']> {
  const { position, hash, epoch } = await log.head();
  const outcome = await log.append(draft, { position, previousHash: hash, epoch });
  return outcome.status === 'unknown' ? (await log.settle(), 'unknown') : outcome.status;
}
export async function wait(kernel: Kernel, job: Parameters<Kernel['outcome']>[0]): Promise<string> {
  return (await kernel.outcome(job)).status;
}
