/** An invariant does not hold. `rule` names it, so that a shrunk run can be told to break the same one. */
export class Violation extends Error {
  override readonly name = 'Violation';
  readonly rule: string;

  constructor(rule: string, message: string) {
    super(`${rule}: ${message}`);
    this.rule = rule;
  }
}

/** @throws Violation when it does not hold */
export function mustHold(rule: string, holds: boolean, message: string): void {
  if (!holds) throw new Violation(rule, message);
}
