import { KernelError } from '@tksm/abstractions';
import type { DriverCall, DriverCalled, DriverDecision, Permit, RightUse, Value } from '@tksm/abstractions';
import type { Attempt } from '../jobs/attempt.ts';
import type { AttemptHost } from '../jobs/attempt-host.ts';
import { rewritten } from '../operations/rewritten.ts';
import { askCall, checkUses } from './asked-call.ts';
import type { AskedCall } from './asked-call.ts';

/** A call of a driver inside another one may be so deep. */
const MAX_DEPTH = 4;

/** Who calls. */
interface Caller {
  readonly host: AttemptHost;
  readonly attempt: Attempt;
  readonly log: DriverCall['log'];
  /** The same for the same call of a repeated attempt. */
  readonly key: string;
  readonly depth: number;
}

/**
 * Serves a call of a driver for an attempt. Guarantees: the driver is not reached before the gate has allowed what it asks
 * for, by the job's own handle and, when the job names claims, within those; and before that is durable.
 *
 * @throws KernelError as `TaskContext.call`
 */
export async function serveCall(caller: Caller, driver: string, op: string, given: object): Promise<Value> {
  const asked = await askCall(caller.host.drivers, driver, op, given);
  const { operation, input, uses } = asked;
  if (operation.class === 'decision') return await decide(caller, asked, operation);
  return await operation.run(input, await permit(caller, asked, uses), deskOf(caller, asked));
}

/** What the driver has at hand. */
function deskOf(caller: Caller, call: AskedCall): DriverCall {
  const { host, attempt, key, depth, log } = caller;
  const { blobs, clock } = host.ports;
  let ordinal = 0;
  return {
    ...{ blobs, clock, log, key },
    // Made when it is first asked for, as it is for handlers.
    get signal() {
      return attempt.signal;
    },
    authorise: async (uses) => await permit(caller, call, checkUses(uses, `${call.driver}.${call.op}`)),
    call: async (driver, op, input = {}) => {
      if (depth >= MAX_DEPTH)
        throw new KernelError('InvalidOperation', `calls of drivers are ${MAX_DEPTH} deep`);
      const inner = { ...caller, key: `${key}/${ordinal++}`, depth: depth + 1 };
      return await serveCall(inner, driver, op, input);
    },
  };
}

/** Records a call, and says so once that is durable. */
async function permit(caller: Caller, call: AskedCall, uses: readonly RightUse[]): Promise<Permit> {
  const { host, attempt } = caller;
  host.called(attempt, uses, callOf(attempt, call, uses));
  await host.engine.durable();
  // Whoever revoked it meanwhile was told that it is over.
  host.goesOn(attempt);
  return { uses } as unknown as Permit;
}

/** Decides over the zone's world, and records it as one rewrite; what only looks, as a call. */
async function decide(
  { host, attempt, key }: Caller,
  call: AskedCall,
  operation: DriverDecision,
): Promise<Value> {
  const { engine } = host;
  const { driver, op, input, uses } = call;
  host.allow(attempt, uses);
  const { state, now, position } = engine;
  const view = { world: state.world.snapshot(), now, position, key };
  const { output, rewrite, fact } = operation.decide(input, view);
  if (rewrite === undefined && fact === undefined) {
    host.called(attempt, uses, callOf(attempt, call, uses));
  } else {
    const { by, id: job } = attempt.job;
    const told = fact ?? { name: `${driver}.${op}`, data: null };
    host.called(attempt, uses, rewritten({ by, family: driver, fact: told, rewrite, uses, job }));
  }
  await engine.durable();
  return output;
}

/** What the log says of a call. */
function callOf({ job, epoch }: Attempt, { driver, op }: AskedCall, uses: readonly RightUse[]): DriverCalled {
  return { type: 'driver.called', v: 1, by: job.by, job: job.id, epoch, driver, op, uses };
}
