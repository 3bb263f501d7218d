import type { DriverDecision, DriverEffect } from './driver.ts';

/** Defines an operation that touches the outside. The input's type comes from its schema. */
export function driverEffect<Input>(operation: Omit<DriverEffect<Input>, 'class'>): DriverEffect<Input> {
  return Object.freeze({ ...operation, class: 'effect' as const });
}

/** Defines an operation over the zone's own world. The input's type comes from its schema. */
export function driverDecision<Input>(
  operation: Omit<DriverDecision<Input>, 'class'>,
): DriverDecision<Input> {
  return Object.freeze({ ...operation, class: 'decision' as const });
}
