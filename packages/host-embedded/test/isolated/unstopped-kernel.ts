// A kernel that runs one job in an isolate and is never stopped: the process ends when there is nothing left to do.
import { createKernel } from '@tksm/host-embedded';
import { isolated } from './isolated-kernel.ts';

const place = process.argv[2] === 'thread' ? 'thread' : 'process';
const kernel = await createKernel({ kinds: [isolated('echo', { in: place })] });
const { job } = await kernel.enqueue({ kind: 'echo', input: 1 }, kernel.operator);
console.log((await kernel.outcome(job)).status);
