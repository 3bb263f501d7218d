import { sendMessage } from '../jobs/send-message.ts';
import type { Handler } from '../program/invocation.ts';

export const inboxSend: Handler = async (call) => {
  const [topic, from] = [call.flags.text('topic'), call.flags.text('from')];
  return await sendMessage(call, {
    ...(topic !== undefined && { topic }),
    ...(from !== undefined && { from }),
  });
};
