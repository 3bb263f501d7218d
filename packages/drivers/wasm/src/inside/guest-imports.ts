import { OpenFile, wasi } from '@bjorn3/browser_wasi_shim';
import type { WASI } from '@bjorn3/browser_wasi_shim';
import { MeteredFile } from './metered-file.ts';
import type { Meter } from './metered-file.ts';

/** The one module that programs may import from. */
export const WASI_MODULE = 'wasi_snapshot_preview1';

type Import = (...args: number[]) => unknown;
export type Imports = Readonly<Record<string, Import>>;

/**
 * What the library offers of WASI, with these differences: files grow by a meter, arguments are counted in bytes and not in
 * UTF-16 units, sleeping takes no processor time, and there are no sockets instead of an exception.
 */
export function guestImports(shim: WASI, meter: Meter): Imports {
  const original = shim.wasiImport as Imports;
  const view = (): DataView => new DataView(shim.inst.exports.memory.buffer);
  const unsupported = (): number => wasi.ERRNO_NOTSUP;
  return {
    ...original,
    args_sizes_get: (count = 0, size = 0) => {
      view().setUint32(count, shim.args.length, true);
      view().setUint32(
        size,
        shim.args.reduce((sum, arg) => sum + Buffer.byteLength(arg) + 1, 0),
        true,
      );
      return wasi.ERRNO_SUCCESS;
    },
    path_open: (...args) => {
      const errno = original['path_open']?.(...args);
      if (errno === wasi.ERRNO_SUCCESS) meterFile(shim, view().getUint32(args[8] ?? 0, true), meter);
      return errno;
    },
    poll_oneoff: (...args) => {
      sleepUntilDue(view(), args);
      return original['poll_oneoff']?.(...args);
    },
    sock_accept: unsupported,
    sock_recv: unsupported,
    sock_send: unsupported,
    sock_shutdown: unsupported,
  };
}

function meterFile({ fds }: WASI, fd: number, meter: Meter): void {
  const opened = fds[fd];
  if (opened instanceof OpenFile) fds[fd] = new MeteredFile(opened.file, meter, opened.file_pos);
}

/**
 * Waits for most of what a single relative clock asks for; the library, which would wait by counting, does the rest.
 * Source: WASI preview 1, `subscription`.
 */
function sleepUntilDue(memory: DataView, [subscription = 0, , count]: readonly number[]): void {
  if (count !== 1 || memory.getUint8(subscription + 8) !== wasi.EVENTTYPE_CLOCK) return;
  if ((memory.getUint16(subscription + 40, true) & wasi.SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME) !== 0)
    return;
  const ms = Number(memory.getBigUint64(subscription + 24, true) / 1_000_000n);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  memory.setBigUint64(subscription + 24, 0n, true);
}
