import { AGENT_COMMANDS } from './agent-commands.ts';
import { AUDIT_COMMAND } from './audit-command.ts';
import type { CommandSpec } from './command-spec.ts';
import { EVENT_COMMANDS } from './event-commands.ts';
import { ANSWER_COMMAND, INBOX_COMMANDS } from './inbox-commands.ts';
import { FAILURE_COMMANDS } from './failure-commands.ts';
import { JOB_COMMANDS } from './job-commands.ts';
import { PROJECTION_COMMANDS } from './projection-commands.ts';
import { RUN_COMMAND } from './run-command.ts';
import { SCHEDULE_COMMANDS } from './schedule-commands.ts';
import { STATE_COMMANDS } from './state-commands.ts';
import { SUPERVISOR_COMMANDS } from './supervisor-commands.ts';
import { TOKEN_COMMANDS } from './token-commands.ts';
import { TOOL_COMMANDS } from './tool-commands.ts';
import { VAR_COMMANDS } from './var-commands.ts';

/** Every command of this release: the one place that the parser, the help and the completions are made from. */
export const COMMANDS: readonly CommandSpec[] = [
  RUN_COMMAND,
  ...JOB_COMMANDS,
  ...SCHEDULE_COMMANDS,
  ANSWER_COMMAND,
  ...INBOX_COMMANDS,
  ...SUPERVISOR_COMMANDS,
  ...FAILURE_COMMANDS,
  ...EVENT_COMMANDS,
  ...STATE_COMMANDS,
  ...VAR_COMMANDS,
  ...PROJECTION_COMMANDS,
  ...AGENT_COMMANDS,
  ...TOKEN_COMMANDS,
  AUDIT_COMMAND,
  ...TOOL_COMMANDS,
];
