import { fromStored, jobId, toStored } from '@tksm/abstractions';
import type { Command, Receipt, ZoneClient } from '@tksm/abstractions';
import type { Call } from '../wire/messages.ts';
import { latestProgress } from './latest-progress.ts';

/** One value, or a stream of them. */
export type CallAnswer = { readonly value: Promise<unknown> } | { readonly items: AsyncIterable<unknown> };

/** Passes a call to the zone. Waiting and streams end with the signal. */
export function answerCall(call: Call, zone: ZoneClient, signal: AbortSignal): CallAnswer {
  switch (call.type) {
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

async function submit(
  { expect, command: { input, ...rest } }: Call & { readonly type: 'submit' },
  zone: ZoneClient,
): Promise<unknown> {
  // Into stored form first: that checks it.
  const command: Command = {
    ...rest,
    ...(input !== undefined && { input: fromStored(toStored(input, 'kept')) }),
  };
  const receipt: Receipt = await (expect === 'task'
    ? zone.enqueue(command)
    : expect === 'operation'
      ? zone.perform(command)
      : zone.submit(command));
  return receipt.class === 'task' ? receipt : { ...receipt, output: toStored(receipt.output) };
}
