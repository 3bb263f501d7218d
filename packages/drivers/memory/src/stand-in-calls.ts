import { KernelError, noLogger } from '@tksm/abstractions';
import type {
  BlobStore,
  Clock,
  Driver,
  DriverCall,
  DriverEffect,
  Permit,
  RightUse,
  Signal,
  Value,
} from '@tksm/abstractions';
import { createMemoryBlobStore } from './memory-blob-store.ts';

export interface StandInCallsOptions {
  /** What is allowed. Default: everything. */
  readonly allows?: (use: RightUse) => boolean;
  readonly signal?: Signal;
  readonly clock?: Clock;
  readonly blobs?: BlobStore;
  readonly key?: string;
}

export interface StandInCalls {
  readonly blobs: BlobStore;
  /** Every use that was asked for, in order; what was refused is among them. */
  readonly asked: readonly RightUse[];
  call(driver: string, op: string, input?: object): Promise<Value>;
}

/** Serves calls of drivers outside a kernel, as a kernel would: each is asked for its rights before it is served. */
export function standInCalls(drivers: readonly Driver[], options: StandInCallsOptions = {}): StandInCalls {
  const { allows = () => true, key = 'job/0/1', blobs = createMemoryBlobStore() } = options;
  const { signal = new AbortController().signal, clock = { now: () => 0, monotonic: () => 0 } } = options;
  const asked: RightUse[] = [];
  const permit = (uses: readonly RightUse[]): Permit => {
    asked.push(...uses);
    const refused = uses.find((use) => !allows(use));
    if (uses.length > 0 && refused === undefined) return { uses } as unknown as Permit;
    const right = refused === undefined ? '?' : `${refused.action}:${refused.resource}`;
    throw new KernelError('CapabilityDenied', `does not allow ${right}`, { data: { right } });
  };
  const served: DriverCall = {
    ...{ signal, clock, blobs, key, log: noLogger },
    authorise: (uses) => Promise.resolve().then(() => permit(uses)),
    call: (driver, op, input) => call(driver, op, input),
  };
  async function call(name: string, op: string, input: object = {}): Promise<Value> {
    const operation = drivers.find((driver) => driver.name === name)?.operations[op];
    if (operation?.class !== 'effect')
      throw new KernelError('UnsupportedOperation', `no effect ${name}.${op}`);
    const checked = await operation.input['~standard'].validate(input);
    if (checked.issues !== undefined)
      throw new KernelError('InvalidInput', checked.issues.map(({ message }) => message).join('; '));
    const effect = operation as unknown as DriverEffect;
    return await effect.run(checked.value, permit(effect.asks(checked.value)), served);
  }
  return { blobs, asked, call };
}
