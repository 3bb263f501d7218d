import { setTimeout as sleep } from 'node:timers/promises';

/** Whether something happened within so long. */
export async function within(ms: number, happened: Promise<unknown>): Promise<boolean> {
  const limit = new AbortController();
  try {
    return await Promise.race([
      happened.then(() => true),
      sleep(ms, false, { signal: limit.signal }).catch(() => false),
    ]);
  } finally {
    limit.abort();
  }
}
