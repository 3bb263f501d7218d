// A process that runs the folder argv[2], decides what it is asked, and never answers. It says `decided` when it has.

import { noLogger } from '@tksm/abstractions';
import type { Command, Receipt } from '@tksm/abstractions';
import { createKernel } from '@tksm/core';
import { openDiskBlobs } from '@tksm/drivers-disk';
import { openSegments } from '@tksm/drivers-segments';
import { systemClock, systemRandom, systemTimers } from '@tksm/drivers-system';
import { servedZone, serveZone } from '@tksm/extensions-socket';

const [, , dir = ''] = process.argv;
const ports = { clock: systemClock, timers: systemTimers, random: systemRandom };
const log = await openSegments({ dir, clock: systemClock });
const kernel = await createKernel({ ...ports, log, blobs: openDiskBlobs({ dir }), concurrency: 0 });
const { zone, accept } = servedZone(kernel);
const decide = async (decided: Promise<Receipt>): Promise<never> => {
  await decided;
  process.stderr.write('decided\n');
  return await new Promise<never>(() => undefined);
};
await serveZone({
  ...{ dir, random: systemRandom, time: ports },
  logger: noLogger,
  accept,
  zone: { ...zone, perform: (command: Command) => decide(zone.perform(command)) },
});
process.stderr.write('serving\n');
// The socket keeps nobody alive.
setInterval(() => undefined, 60_000);
