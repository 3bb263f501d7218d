import { isKernelError } from '@tksm/abstractions';
import type { RightUse, Signal, Value, ValueObject } from '@tksm/abstractions';
import { standInCalls, VirtualClock } from '@tksm/drivers-memory';
import { httpDriver } from '../src/index.ts';
import type { HttpOptions, Resolve } from '../src/index.ts';

export const KEY = 'a-job/0/1';

/** Every name is this machine. */
export const loopback: Resolve = () => Promise.resolve(['127.0.0.1']);

interface SessionParts extends Partial<Omit<HttpOptions, 'timers'>> {
  readonly allows?: (use: RightUse) => boolean;
  readonly signal?: Signal;
}

/** Calls of the driver outside a kernel, under virtual time. */
export function httpSession({ resolve = loopback, allows, signal, ...options }: SessionParts = {}) {
  const clock = new VirtualClock();
  const driver = httpDriver({ timers: clock, resolve, ...options });
  const calls = standInCalls([driver], { key: KEY, ...(allows && { allows }), ...(signal && { signal }) });
  const call = async (op: string, input: object): Promise<ValueObject> =>
    (await calls.call('http', op, input)) as ValueObject;
  return {
    clock,
    call,
    /** Rights that were asked for, in order. */
    asked: () => calls.asked.map(({ action, resource }) => `${action}:${resource}`),
    async blob({ blob }: ValueObject): Promise<Buffer> {
      const chunks: Uint8Array[] = [];
      for await (const chunk of calls.blobs.read((blob as { hash: never }).hash)) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
    store: (bytes: Uint8Array) => calls.blobs.write([bytes]),
    /** The code that a call fails with. */
    failure: (op: string, input: object): Promise<string> =>
      call(op, input).then(
        (output: Value) => `answered ${JSON.stringify(output)}`,
        (error: unknown) => (isKernelError(error) ? error.code : String(error)),
      ),
  };
}
