import type { JobId, Progress, ZoneClient } from '@tksm/abstractions';

/** Progress of a job: always the newest, so that who reads slowly misses some and nothing piles up. */
export async function* latestProgress(
  zone: ZoneClient,
  job: JobId,
  signal: AbortSignal,
): AsyncGenerator<Progress> {
  let latest: Progress | undefined;
  let wake = (): void => undefined;
  const stop = (): void => {
    wake();
  };
  const forget = zone.onProgress(job, (progress) => {
    latest = progress;
    wake();
  });
  signal.addEventListener('abort', stop);
  try {
    while (!signal.aborted) {
      const found = latest;
      latest = undefined;
      if (found !== undefined) yield found;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    signal.removeEventListener('abort', stop);
    forget();
  }
}
