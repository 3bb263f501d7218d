// One start of an embedded kernel, in a process that has loaded nothing yet. Prints how long loading the packages and
// opening the kernel took.
const [dir = '', kind] = process.argv.slice(2);

const startedAt = performance.now();
const { createKernel } = await import('@tksm/core');
const { openDiskBlobs } = await import('@tksm/drivers-disk');
const {
  systemClock: clock,
  systemRandom: random,
  systemTimers: timers,
} = await import('@tksm/drivers-system');
const openLog = kind === 'memory' ? await memoryLog() : await segmentsLog();
const loadedAt = performance.now();
const kernel = await createKernel({
  log: await openLog(),
  blobs: openDiskBlobs({ dir }),
  clock,
  random,
  timers,
});
const openedAt = performance.now();
await kernel.stop();
console.log(JSON.stringify({ loadMs: loadedAt - startedAt, openMs: openedAt - loadedAt }));

async function memoryLog() {
  const { createMemoryLog } = await import('@tksm/drivers-memory');
  return async () => createMemoryLog();
}

async function segmentsLog() {
  const { openSegments } = await import('@tksm/drivers-segments');
  return () => openSegments({ dir, clock });
}
