import { askRight, KernelError } from '@tksm/abstractions';
import type { DriverOperation, RightUse } from '@tksm/abstractions';
import { validateInput } from '../kinds/validate-input.ts';
import type { DriverRegistry } from './driver-registry.ts';

/** Rights that one call may need at most. */
const MOST_USES = 64;

/** A call that was checked, and what it needs. */
export interface AskedCall {
  readonly driver: string;
  readonly op: string;
  readonly operation: DriverOperation;
  /** As it came. */
  readonly given: object;
  /** As its schema gives it. */
  readonly input: unknown;
  readonly uses: readonly RightUse[];
}

/**
 * Checks a call's input, and asks the driver what it needs.
 *
 * @throws KernelError `UnsupportedOperation`, `InvalidInput`
 */
export async function askCall(
  registry: DriverRegistry,
  driver: string,
  op: string,
  given: object,
): Promise<AskedCall> {
  const operation = registry.find(driver, op);
  const input = await validateInput(operation.input, given);
  return { driver, op, operation, given, input, uses: checkUses(operation.asks(input), `${driver}.${op}`) };
}

/**
 * Uses as they may be judged and recorded: at least one, each of one sound resource.
 *
 * @throws KernelError `InvalidInput`
 */
export function checkUses(uses: readonly RightUse[], what: string): readonly RightUse[] {
  if (uses.length === 0 || uses.length > MOST_USES)
    throw new KernelError('InvalidInput', `${what} asks for ${uses.length} rights, not 1 to ${MOST_USES}`);
  return uses.map(({ action, resource, host, path, amount }) => {
    askRight(action, resource);
    return {
      ...{ action, resource },
      ...(host !== undefined && { host }),
      ...(path !== undefined && { path }),
      ...(amount !== undefined && { amount: BigInt(amount).toString() }),
    };
  });
}
