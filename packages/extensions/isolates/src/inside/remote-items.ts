import type { Value } from '@tksm/abstractions';
import type { RemoteRun } from './remote-run.ts';

/** A stream on the kernel's side, a page at a time as it is wanted. */
export async function* remoteItems<T>(
  run: RemoteRun,
  name: string,
  args: readonly unknown[],
): AsyncGenerator<T> {
  const stream = (await run.call('stream.open', [name, ...args])) as number;
  let done = false;
  try {
    while (!done) {
      const page = (await run.call('stream.next', [stream])) as unknown as Page<T>;
      yield* page.items;
      ({ done } = page);
    }
  } finally {
    if (!done) await run.call('stream.close', [stream]);
  }
}

/** What one look at a stream gives. */
export interface Page<T = Value> {
  readonly items: readonly T[];
  readonly done: boolean;
}
