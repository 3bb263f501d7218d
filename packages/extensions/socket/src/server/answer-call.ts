import { fromStored, jobId, toStored } from '@tksm/abstractions';
import type { Command, Receipt, TaskReceipt, ZoneClient } from '@tksm/abstractions';
import type { Call, SentJob } from '../wire/messages.ts';
import { latestProgress } from './latest-progress.ts';
import type { OpenBatch, WholeBatch } from './open-batch.ts';

/** One value, or a stream of them. */
export type CallAnswer = { readonly value: Promise<unknown> } | { readonly items: AsyncIterable<unknown> };

/** What the calls of a connection act on. */
export interface CallTarget {
  readonly zone: ZoneClient;
  readonly batch: OpenBatch;
}

/** Passes a call to the zone. Waiting and streams end with the signal. */
export function answerCall(call: Call, { zone, batch }: CallTarget, signal: AbortSignal): CallAnswer {
  switch (call.type) {
    case 'batch': {
      const whole = batch.add(call);
      if (whole === undefined) return { value: Promise.resolve() };
      return { items: receipts(zone, call.batch, whole) };
    }
    case 'submit':
      return { value: submit(call, zone) };
    case 'outcome':
      return { value: zone.outcome(jobId(call.job), { signal }) };
    case 'job':
      return { value: zone.job(jobId(call.job)) };
    case 'health':
      return { value: zone.health() };
    case 'events':
      return { items: zone.events({ ...(call.from !== undefined && { from: call.from }), signal }) };
    case 'progress':
      return { items: latestProgress(zone, jobId(call.job), signal) };
  }
}

/** Receipts in one message. */
const RECEIPTS = 2_000;

async function* receipts(
  zone: ZoneClient,
  id: string,
  { jobs, done }: WholeBatch,
): AsyncGenerator<readonly TaskReceipt[]> {
  let all: readonly TaskReceipt[];
  try {
    all = await zone.enqueueAll(jobs.map(receivedCommand), { id });
  } finally {
    done();
  }
  for (let start = 0; start < all.length; start += RECEIPTS) yield all.slice(start, start + RECEIPTS);
}

/** Its input goes into stored form first: that checks it. */
function receivedCommand({ input, ...rest }: SentJob): Command {
  return { ...rest, ...(input !== undefined && { input: fromStored(toStored(input, 'kept')) }) };
}

async function submit(
  { expect, command: { input, ...rest } }: Call & { readonly type: 'submit' },
  zone: ZoneClient,
): Promise<unknown> {
  const command = receivedCommand({ ...rest, ...(input !== undefined && { input }) });
  const receipt: Receipt = await (expect === 'task'
    ? zone.enqueue(command)
    : expect === 'operation'
      ? zone.perform(command)
      : zone.submit(command));
  return receipt.class === 'task' ? receipt : { ...receipt, output: toStored(receipt.output) };
}
