import type { StoredValue } from '@tksm/abstractions';
import type { AuditedVars } from './audited-vars.ts';

/** The settings of a kernel as its variables have them; the simulation sets them in the layer `runtime` alone. */
export class AuditedSettings {
  readonly #vars: AuditedVars;

  constructor(vars: AuditedVars) {
    this.#vars = vars;
  }

  of(name: string): StoredValue | undefined {
    return this.#vars.now('runtime', name);
  }

  /** A setting that is an object, or nothing. */
  fields(name: string): Readonly<Record<string, unknown>> | undefined {
    const value = this.of(name);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  }

  /** What an origin is given, or every origin where it is given nothing itself. */
  ofOrigin(origin: string, field: string): unknown {
    return this.fields(`tksm.origin.${origin}`)?.[field] ?? this.fields('tksm.origin.*')?.[field];
  }
}
