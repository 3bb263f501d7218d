import type { CommandSpec } from './command-spec.ts';
import type { ArgumentSpec, FlagSpec } from './flag-spec.ts';
import { AT } from './state-commands.ts';

const JOB: ArgumentSpec = {
  name: 'job',
  summary: 'whose inbox: the id of a job, the start of it, or its short form',
};
const BODY: ArgumentSpec = { name: 'json', summary: 'the message as JSON; @FILE or @- to read it' };
const FROM: FlagSpec = {
  name: 'from',
  type: 'text',
  value: 'NAME',
  summary: 'who sends it; messages of one sender stay in order',
};
const ID: FlagSpec = {
  name: 'id',
  type: 'text',
  value: 'ID',
  summary: 'makes it idempotent: one id, one message',
};

export const ANSWER_COMMAND: CommandSpec = {
  path: ['job', 'answer'],
  summary: 'answer a job that waits for a person',
  examples: [
    { line: `tksm job answer 3fa2b1c9 '"yes"'`, note: 'what a job of the kind ask waits for' },
    { line: `tksm job answer 3fa2b1c9 '{"approved":true}' --from ada`, note: 'and who says so' },
  ],
  details: 'The same as tksm inbox send --topic answer. It counts also when it comes before the job asks.',
  arguments: [JOB, BODY],
  flags: [FROM, ID],
  globals: ['data', 'token-file'],
  load: async () => (await import('../handlers/job-answer.ts')).jobAnswer,
};

export const INBOX_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['inbox', 'send'],
    summary: 'send a message to a job',
    examples: [
      {
        line: `tksm inbox send 3fa2b1c9 '{"rows":7}' --topic loaded`,
        note: 'wakes it when it waits for that',
      },
      { line: 'tksm inbox send 3fa2b1c9 @- --id batch-7', note: 'the same id again sends nothing' },
    ],
    details:
      'The message is kept until the job has read it, whether it runs, waits or is yet to run. A job that has ended, or ' +
      'has returned, takes none (exit code 5); one that has too many unread says so.',
    arguments: [JOB, BODY],
    flags: [{ name: 'topic', type: 'text', value: 'TOPIC', summary: 'what it is about' }, FROM, ID],
    globals: ['data', 'token-file'],
    load: async () => (await import('../handlers/inbox-send.ts')).inboxSend,
  },
  {
    path: ['inbox', 'ls'],
    summary: 'what a job has not read',
    examples: [
      { line: 'tksm inbox ls 3fa2b1c9', note: 'oldest first; also of a job that has ended' },
      { line: 'tksm inbox ls 3fa2b1c9 --json', note: 'with the bodies in full' },
    ],
    arguments: [JOB],
    flags: [AT],
    globals: ['data', 'plain'],
    load: async () => (await import('../handlers/inbox-ls.ts')).inboxLs,
  },
];
