import { driverEffect, KernelError } from '@tksm/abstractions';
import type { Driver, DriverCall, DriverEffect, Timers } from '@tksm/abstractions';
import { systemNetwork } from './addresses.ts';
import type { Network } from './addresses.ts';
import { serveCall } from './http-call.ts';
import { HTTP_LIMITS, httpInput } from './http-input.ts';
import type { HttpInput } from './http-input.ts';
import { knownLength } from './request-body.ts';
import { readHeaders } from './request-headers.ts';
import { HTTP_METHODS, readTarget, useOf } from './target.ts';
import type { HttpMethod } from './target.ts';

/** Default for what the network is: what the system says. */
export interface HttpOptions extends Partial<Network> {
  readonly timers: Timers;
  /** Most redirects that one call follows. Default 5. */
  readonly maxRedirects?: number;
}

/**
 * The driver `http`, with an operation for each method: `get`, `head`, `post`, `put`, `patch`, `delete`. Each takes
 * {@link HttpInput} and gives `{ status, headers, url }` and the body as `text`, `bytes` or `blob` (`{ hash, size }`); `url` is
 * where the answer came from, without its query. An answer with any status from 200 on is a result, not an error.
 *
 * A request needs `http.METHOD:HOST[:PORT]/path`, a redirect the same for where it leads, and one to an address that is not
 * public, or this machine's own, `http.private:HOST[:PORT]` besides. Uses name the host.
 *
 * A call fails with `InvalidInput`, `CapabilityDenied`, `RedirectRefused`, `PayloadTooLarge`, `BlobNotFound` (not retried), `TimedOut`,
 * `Unreachable`, `ResponseInvalid`, and as blobs do.
 */
export function httpDriver(options: HttpOptions): Driver {
  const operations = HTTP_METHODS.map((method) => [method, operation(method, options)] as const);
  return Object.freeze({ name: 'http', operations: Object.freeze(Object.fromEntries(operations)) });
}

function operation(method: HttpMethod, options: HttpOptions): DriverEffect<HttpInput> {
  const { timers, maxRedirects = HTTP_LIMITS.maxRedirects } = options;
  const network = { ...systemNetwork, ...options };
  return driverEffect<HttpInput>({
    summary: `Sends a ${method.toUpperCase()} request`,
    input: httpInput(method !== 'get' && method !== 'head'),
    asks(input) {
      readHeaders(input.headers ?? {});
      const { maxBytes = HTTP_LIMITS.defaultBytes, body } = input;
      return [useOf(method, readTarget(input.url), Math.max(maxBytes, knownLength(body)))];
    },
    run: (input, permit, call) =>
      inTime(input, call, timers, (signal) =>
        serveCall({ method, input, call, signal, network, maxRedirects }, permit),
      ),
  });
}

/** Runs with a signal that aborts when the call does, or when its time is over. @throws KernelError `TimedOut` */
async function inTime<T>(
  { timeoutMs = HTTP_LIMITS.defaultTimeoutMs }: HttpInput,
  { signal }: DriverCall,
  timers: Timers,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeout = new AbortController();
  const timer = timers.after(timeoutMs, () => {
    timeout.abort(
      new KernelError('TimedOut', `no whole answer within ${timeoutMs} ms`, { data: { timeoutMs } }),
    );
  });
  try {
    return await run(AbortSignal.any([signal, timeout.signal]));
  } finally {
    timer.cancel();
  }
}
