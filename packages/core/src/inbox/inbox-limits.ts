import { fieldsOf, numberIn } from '../settings/setting.ts';
import type { Setting } from '../settings/setting.ts';

/** Most that an inbox holds of what is not read. */
export interface InboxLimits {
  readonly messages: number;
  /** Bytes of JSON of all bodies. */
  readonly bytes: number;
}

const DEFAULT: InboxLimits = { messages: 1_000, bytes: 1_048_576 };
/** A job goes into one frame with its inbox when it is recalled. */
const MOST: InboxLimits = { messages: 10_000, bytes: 4_194_304 };

export const INBOX_LIMITS: Setting<InboxLimits> = {
  name: 'tksm.inbox.limits',
  summary: 'Messages that a job may have unread: { messages?, bytes? }',
  fallback: DEFAULT,
  parse(value) {
    const fields = fieldsOf(value, ['messages', 'bytes']);
    return {
      messages: numberIn(fields, 'messages', { least: 1, most: MOST.messages, fallback: DEFAULT.messages }),
      bytes: numberIn(fields, 'bytes', { least: 1, most: MOST.bytes, fallback: DEFAULT.bytes }),
    };
  },
};
