/** Worst first decides the whole. */
export type HealthStatus = 'ok' | 'degraded' | 'failing';

export interface HealthCheck {
  readonly name: string;
  readonly status: HealthStatus;
  readonly detail: string;
}

/** Computed when asked; never stored. */
export interface Health {
  readonly status: HealthStatus;
  readonly checks: readonly HealthCheck[];
}
