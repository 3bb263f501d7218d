// A kernel with a job in an isolate, which says so and then waits to be killed.
import { createKernel } from '@tksm/host-embedded';
import { isolated, pidOf, until } from './isolated-kernel.ts';

const [data = ''] = process.argv.slice(2);
const kernel = await createKernel({ data, kinds: [isolated('wait')] });
const { job } = await kernel.enqueue({ kind: 'wait' }, kernel.operator);
const pid = pidOf(await until(kernel, job, 'job.assigned'));
await until(kernel, job, 'job.stepped');
process.stdout.write(JSON.stringify({ job, pid }));
