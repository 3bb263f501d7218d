import { sendMessage } from '../jobs/send-message.ts';
import type { Handler } from '../program/invocation.ts';

export const jobAnswer: Handler = async (call) => {
  const from = call.flags.text('from');
  return await sendMessage(call, { topic: 'answer', ...(from !== undefined && { from }) });
};
