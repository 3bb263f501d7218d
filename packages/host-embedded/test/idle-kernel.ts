// Opens a kernel with schedules that are due in hours, lets it come to rest, and prints how often it woke up in the next
// seconds: turns of the event loop, and how often each thread went to sleep again.

import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as passed } from 'node:timers/promises';
import { createKernel, defineKind, setSchedule } from '@tksm/host-embedded';

const [data = '', seconds = '3'] = process.argv.slice(2);
const tock = defineKind({ name: 'tock', run: () => null });
const kernel = await createKernel({ data, kinds: [tock] });
for (let n = 0; n < 50; n++) {
  const at = Date.now() + 3_600_000 + n;
  await kernel.perform(setSchedule({ name: `later-${n}`, job: { kind: tock }, at }), kernel.operator);
}
const { job } = await kernel.enqueue({ kind: tock }, kernel.operator);
await kernel.outcome(job);
await passed(1_500);
const before = wakeUps();
await passed(Number(seconds) * 1_000);
const after = wakeUps();
const switches = Object.fromEntries(
  [...after.threads].map(([thread, count]) => [thread, count - (before.threads.get(thread) ?? 0)]),
);
console.log(JSON.stringify({ loops: after.loops - before.loops, switches }));
process.exit(0);

function wakeUps(): { readonly loops: number; readonly threads: ReadonlyMap<string, number> } {
  const threads = new Map<string, number>();
  for (const id of readdirSync('/proc/self/task')) {
    const status = readFileSync(`/proc/self/task/${id}/status`, 'utf8');
    const name = /^Name:\s+(.*)$/m.exec(status)?.[1] ?? '';
    threads.set(`${id} ${name}`, Number(/^voluntary_ctxt_switches:\s+(\d+)$/m.exec(status)?.[1]));
  }
  return { loops: performance.nodeTiming.uvMetricsInfo.loopCount, threads };
}
