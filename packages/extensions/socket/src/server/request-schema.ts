import { deferredSchema, JOB_OPTIONS } from '@tksm/abstractions';
import type { StandardSchema } from '@tksm/abstractions';
import type { Request } from '../wire/messages.ts';

/** A request of version 1. What it does not name is refused, so that a client's newer wish is never passed over. */
export const requestSchema: StandardSchema<unknown, Request> = deferredSchema('tksm', async () => {
  const { z } = await import('zod');
  const id = z.int().min(0);
  const job = z.string().regex(/^[0-9a-f]{32}$/, 'is no job id');
  // The kernel judges their values, as it does for callers of its own.
  const options = Object.fromEntries(JOB_OPTIONS.map((option) => [option, z.unknown().optional()]));
  const text = z.string().max(128);
  const fields = { ...options, kind: text, input: z.unknown().optional() };
  const command = z.strictObject({ ...fields, id: text });
  const jobs = z.array(z.strictObject({ ...fields, id: z.unknown().optional() }));
  const part = { batch: text, part: z.int().min(0), more: z.boolean(), jobs };
  const expect = z.enum(['any', 'task', 'operation']);
  return z
    .discriminatedUnion('type', [
      z.strictObject({ id, type: z.literal('submit'), expect, command }),
      z.strictObject({ id, type: z.literal('batch'), ...part }),
      z.strictObject({ id, type: z.literal('outcome'), job }),
      z.strictObject({ id, type: z.literal('job'), job }),
      z.strictObject({ id, type: z.literal('health') }),
      z.strictObject({ id, type: z.literal('events'), from: z.int().min(0).optional() }),
      z.strictObject({ id, type: z.literal('progress'), job }),
      z.strictObject({ id, type: z.literal('cancel') }),
    ])
    .transform((request) => request as Request);
});
