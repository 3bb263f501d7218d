import { TOKENS } from '@tksm/abstractions';
import type { Registrar } from '@tksm/abstractions';
import { fsDriver } from './fs-driver.ts';
import type { FsOptions } from './fs-driver.ts';

/** Adds the driver `fs`. */
export function composeFs(registrar: Registrar, options: FsOptions = {}): void {
  registrar.add(TOKENS.drivers, () => fsDriver(options));
}
