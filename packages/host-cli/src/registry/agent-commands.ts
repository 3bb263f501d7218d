import type { CommandSpec } from './command-spec.ts';
import type { ArgumentSpec, FlagSpec } from './flag-spec.ts';
import { AT } from './state-commands.ts';
import { CAVEATS, RIGHT } from './token-commands.ts';

const AGENT: ArgumentSpec = { name: 'agent', summary: 'an agent: its id, the start of it, or its name' };
const DESCRIPTION: FlagSpec = {
  name: 'description',
  type: 'text',
  value: 'TEXT',
  summary: 'what it is for, for those who read the log',
};
const JOB: readonly FlagSpec[] = [
  { name: 'input', short: 'i', type: 'text', value: 'JSON|@FILE|@-', summary: 'input of the kind' },
  { name: 'name', type: 'text', value: 'NAME', summary: 'label for people' },
  { name: 'priority', type: 'whole', value: '0-9', summary: '9 goes first; default 5' },
  { name: 'in', type: 'duration', value: 'TIME', summary: 'not before then, from now' },
  { name: 'at', type: 'text', value: 'TIME', summary: 'not before that moment' },
  { name: 'deadline', type: 'duration', value: 'TIME', summary: 'fails when not over by then, from now' },
  { name: 'attempts', type: 'whole', value: 'N', summary: 'attempts in all; default: what the kind says' },
  { name: 'attempt-timeout', type: 'duration', value: 'TIME', summary: 'longest time of one attempt' },
  { name: 'run', type: 'text', value: 'NAME', summary: 'tie jobs together under this name' },
];

/** What agents do. */
const ACTS: readonly CommandSpec[] = [
  {
    path: ['agent', 'task'],
    summary: 'queue a job in the lane of an agent, by its rights',
    examples: [
      {
        line: `tksm agent task scout driver.call -i '{"driver":"fs","op":"read","path":"/corp/open/a"}'`,
        note: 'after what it has to do already',
      },
    ],
    details:
      'The agent has to be allowed to submit a job of that kind, or to do what a driver is called for. Its jobs run one at a time, in ' +
      'order, while something runs the data folder.',
    arguments: [AGENT, { name: 'kind', summary: 'what to do, as shell' }],
    flags: [DESCRIPTION, ...JOB],
    globals: ['data', 'token-file'],
    load: async () => (await import('../handlers/agent-task.ts')).agentTask,
  },
  {
    path: ['agent', 'observe'],
    summary: 'record what an agent has seen, for all that listen to it',
    examples: [
      {
        line: `tksm agent observe scout '{"fire":true}' --topic smoke`,
        note: 'in the log, and in their inboxes',
      },
    ],
    arguments: [AGENT, { name: 'json', summary: 'what it has seen as JSON; @FILE or @- to read it' }],
    flags: [{ name: 'topic', type: 'text', value: 'TOPIC', summary: 'what it is about' }],
    globals: ['data', 'token-file'],
    load: async () => (await import('../handlers/agent-observe.ts')).agentObserve,
  },
  {
    path: ['agent', 'stop'],
    summary: 'stop an agent and all below it, and end their jobs',
    examples: [{ line: 'tksm agent stop scout --reason "seen enough"', note: 'its handle is revoked' }],
    details:
      'What others put in its lane before is theirs and runs on: see it with tksm agent show, end it with tksm job cancel. ' +
      'New jobs are not taken there.',
    arguments: [AGENT],
    flags: [{ name: 'reason', type: 'text', value: 'TEXT', summary: 'why, for the log' }],
    globals: ['data', 'token-file'],
    load: async () => (await import('../handlers/agent-stop.ts')).agentStop,
  },
];

export const AGENT_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['agent', 'spawn'],
    summary: 'spawn an agent with a part of what its parent, or the owner, may do',
    examples: [
      {
        line: 'tksm agent spawn chief --right "fs.read:/corp/**" --right "agent.*:self/**" --expires 1d',
        note: 'self is the agent; /** is everything below',
      },
      {
        line: 'tksm agent spawn scout --parent chief --right "fs.read:/corp/open/*"',
        note: 'with less than chief, and gone with it',
      },
    ],
    details:
      'Resources are patterns over whole segments: * is one, ** at the end what is named before it and everything below. An agent ' +
      'goes by the ids from the topmost one down to it, joined by /.',
    arguments: [{ name: 'name', summary: 'what people call it' }],
    flags: [
      RIGHT,
      ...CAVEATS,
      { name: 'parent', type: 'text', value: 'AGENT', summary: 'the agent it is spawned below' },
      DESCRIPTION,
    ],
    globals: ['data', 'token-file'],
    load: async () => (await import('../handlers/agent-spawn.ts')).agentSpawn,
  },
  {
    path: ['agent', 'ls'],
    summary: 'list agents',
    examples: [
      { line: 'tksm agent ls', note: 'those that live' },
      { line: 'tksm agent ls --all --at -1h', note: 'as it was an hour ago, stopped ones included' },
    ],
    flags: [{ name: 'all', short: 'a', type: 'switch', summary: 'those that were stopped lately, too' }, AT],
    globals: ['data', 'plain'],
    load: async () => (await import('../handlers/agent-ls.ts')).agentLs,
  },
  {
    path: ['agent', 'show'],
    summary: 'an agent, its rights, inbox and tasks, and the agents below it',
    examples: [
      { line: 'tksm agent show scout', note: 'as a tree' },
      { line: 'tksm agent show scout --json', note: 'with what it has not received' },
    ],
    arguments: [AGENT],
    flags: [AT],
    globals: ['data'],
    load: async () => (await import('../handlers/agent-show.ts')).agentShow,
  },
  ...ACTS,
];
