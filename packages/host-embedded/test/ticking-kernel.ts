// Opens a kernel on a folder with a schedule that ticks each second, and prints the nominal instant of each job that runs.
// With `story` as second word it prints instead what the log says of ticks and their jobs, and ends.

import { createKernel, defineKind, setSchedule } from '@tksm/host-embedded';

const [data = '', word] = process.argv.slice(2);
const tock = defineKind({
  name: 'tock',
  run: (_input, { job }) => {
    console.log(`ran ${job.spec.tick?.at}`);
    return null;
  },
});
const kernel = await createKernel({ data, kinds: [tock] });
if (word === 'story') {
  const story: unknown[] = [];
  const { position: end } = kernel.log.head;
  for await (const { position, event } of kernel.events({ from: 0 })) {
    if (event.type === 'schedule.ticked') story.push({ tick: event.at, job: event.job });
    if (event.type === 'job.submitted' && event.spec.tick !== undefined) story.push({ submitted: event.job });
    if (position >= end - 1) break;
  }
  console.log(JSON.stringify(story));
  process.exit(0);
}
const job = { kind: tock };
await kernel.perform(setSchedule({ name: 'seconds', job, everyMs: 1_000, misfire: 'all' }), kernel.operator);
