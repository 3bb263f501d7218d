// A process that runs a command and then goes away before the command has ended: `exit` leaves by itself, `stay` waits
// to be killed. The command holds a connection to the socket it is given for as long as it lives.
import { jobId } from '@tksm/abstractions';
import { shellKind } from '../src/shell-kind.ts';
import { ManualTimers, taskContext } from './task-context.ts';

const [how, job = '', socket = '', script = ''] = process.argv.slice(2);
const kind = shellKind({
  timers: new ManualTimers(),
  environment: process.env,
  parentDeath: how === 'stay' ? 'kill' : 'ignore',
});
void kind.run({ argv: [process.execPath, '-e', script, socket] }, taskContext({ job: jobId(job) }));
process.stdin.once('data', () => {
  if (how === 'exit') process.exit(0);
});
