import type { CommandSpec } from './command-spec.ts';

export const RUN_COMMAND: CommandSpec = {
  path: ['run'],
  summary: 'run a job graph to its end, or resume it',
  examples: [
    { line: 'tksm run samples/01-inventory --input root=src', note: 'a folder with a graph.yaml' },
    { line: 'tksm run graph.yaml', note: 'the same again: resume, repeat nothing that is done' },
    { line: 'tksm run graph.yaml --again', note: 'start anew' },
    { line: 'tksm run graph.yaml --json', note: 'how it ended, as one document' },
  ],
  details:
    "A run's id comes from the graph and its inputs: the same again on the same data folder goes on with what is " +
    'unfinished. Ctrl-C lets running jobs be interrupted without counting an attempt; a second one stops at once.',
  arguments: [{ name: 'path', summary: 'a graph file, or a folder with graph.yaml', completes: 'file' }],
  flags: [
    { name: 'input', short: 'i', type: 'list', value: 'KEY=VALUE', summary: 'an input of the graph' },
    { name: 'again', type: 'switch', summary: 'start anew, even if it ran before' },
    { name: 'concurrency', type: 'whole', value: 'N', summary: 'jobs that run at the same time' },
  ],
  globals: ['data', 'token-file', 'timeout', 'dry-run'],
  load: async () => (await import('../handlers/run.ts')).run,
};
