import type { CommandSpec } from './command-spec.ts';
import { AT } from './state-commands.ts';

export const AUDIT_COMMAND: CommandSpec = {
  path: ['audit'],
  summary: 'show who may do what, or which handle allowed an event',
  details:
    'Without a position: every live handle, with its rights and caveats, now or at a moment. With one: the rights that the event ' +
    'needed, and the handles from the one that it names up to the operator. ' +
    'Uses are counted of handles that have a bound on them.',
  examples: [
    { line: 'tksm audit', note: 'every handle that is live' },
    { line: 'tksm audit --at -1h', note: 'those of an hour ago' },
    { line: 'tksm audit 4711', note: 'what allowed event 4711' },
  ],
  arguments: [{ name: 'position', summary: 'position of an event', optional: true }],
  flags: [AT],
  globals: ['data', 'plain'],
  load: async () => (await import('../handlers/audit.ts')).audit,
};
