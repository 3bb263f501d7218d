// Writes blobs until it is killed, and names each one that it was given a reference for.

import { openDiskBlobs } from '@tksm/drivers-disk';

const blobs = openDiskBlobs({ dir: process.argv[2] ?? '' });

async function* content(seed: number): AsyncIterable<Uint8Array> {
  for (let chunk = 0; chunk < 1 + (seed % 40); chunk++) yield Buffer.alloc(10_000, `${seed} ${chunk} `);
}

for (let seed = 0; ; seed += 4) {
  const refs = await Promise.all([0, 1, 2, 3].map((lane) => blobs.write(content(seed + lane))));
  for (const { hash } of refs) process.stdout.write(`${hash}\n`);
}
