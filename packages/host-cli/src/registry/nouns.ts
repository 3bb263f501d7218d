import type { Example } from './command-spec.ts';

/** What each noun is about, in a few words. */
export const NOUNS: Readonly<Record<string, string>> = {
  job: 'submit jobs, look at them, steer them',
  schedule: 'jobs at set times: add, look ahead, pause, backfill',
  inbox: 'messages to jobs: send, look at',
  supervisor: 'keep jobs running: start them, start them again, give up',
  agent: 'who works through jobs by rights of its own: spawn, set to work, stop',
  breaker: 'what is held back because it fails: look, open, close',
  ladder: 'kinds that keep failing: look, move them',
  token: 'capabilities as files: mint, attenuate, accept, revoke',
  event: 'read and check the log',
  state: 'read what the log folds into',
  var: 'variables: read, write, follow',
  projection: 'figures computed from the log: throughput, health',
};

/** What is done with a noun by other commands than its own. */
export const MORE_EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
  agent: [
    {
      line: `tksm job submit agent.subscribe -i '{"agent":"ID","to":"OTHER"}'`,
      note: 'agent hears what to observes; agent.unsubscribe ends it',
    },
    { line: `tksm job submit agent.receive -i '{"agent":"ID"}'`, note: 'takes out what it has heard' },
  ],
};

export const OVERVIEW_EXAMPLES: readonly Example[] = [
  { line: 'tksm run graph.yaml --input root=src', note: 'run a job graph to its end; again: resume it' },
  {
    line: `tksm job submit shell --input '{"argv":["make"]}' --wait`,
    note: 'run one command as a durable job',
  },
  { line: 'tksm job ls --status failed', note: 'what failed' },
  { line: 'tksm event verify', note: 'check the whole log' },
];
