import { KernelError } from '@tksm/abstractions';
import type { Driver, DriverOperation, Logger } from '@tksm/abstractions';

const WORD = /^[a-z][a-z0-9-]{0,63}$/;

/** The drivers that a kernel knows, by name. */
export class DriverRegistry {
  readonly #drivers = new Map<string, Driver>();

  /** @throws KernelError `InvalidSpec` for a name that is taken, or is none */
  constructor(drivers: readonly Driver[]) {
    for (const driver of drivers) {
      const { name, operations } = driver;
      for (const word of [name, ...Object.keys(operations)]) {
        if (!WORD.test(word))
          throw new KernelError(
            'InvalidSpec',
            `${word} is no name of a driver or its operation: a lower-case word`,
          );
      }
      if (this.#drivers.has(name)) throw new KernelError('InvalidSpec', `driver ${name} is registered twice`);
      this.#drivers.set(name, driver);
    }
  }

  get size(): number {
    return this.#drivers.size;
  }

  /** @throws KernelError `UnsupportedOperation` */
  find(driver: string, op: string): DriverOperation {
    const { operations = {} } = this.#drivers.get(driver) ?? {};
    const operation = Object.hasOwn(operations, op) ? operations[op] : undefined;
    if (operation !== undefined) return operation as DriverOperation;
    const known = this.#drivers.has(driver) ? Object.keys(operations) : [...this.#drivers.keys()];
    const message = this.#drivers.has(driver) ? `driver ${driver} has no ${op}` : `no driver ${driver}`;
    const next = known.length === 0 ? 'register the driver' : `there is ${known.join(', ')}`;
    throw new KernelError('UnsupportedOperation', message, { data: { driver, op }, next });
  }

  /** Ends what drivers keep between calls. One that cannot be closed is reported. */
  async close(logger: Logger): Promise<void> {
    for (const driver of this.#drivers.values()) {
      try {
        await driver.close?.();
      } catch (error) {
        logger.log('warn', 'a driver could not be closed', { driver: driver.name, message: String(error) });
      }
    }
  }
}
