import { setTimeout as sleep } from 'node:timers/promises';

const SHORTEST_MS = 2;
const SPREAD_MS = 5;

/** Lets a thing that was just used come to rest, and never in step with it: 2 to 7 ms. */
export async function idleGap(): Promise<void> {
  await sleep(SHORTEST_MS + Math.random() * SPREAD_MS);
}
