import type { AuditedJob } from './audited-job.ts';
import type { AuditedSettings } from './audited-settings.ts';
import { mustHold } from './violation.ts';

interface Bucket {
  /** The setting that it is of: with another one it begins anew. */
  readonly rate: unknown;
  tokens: number;
  at: number;
}

/** Sums of fractions are off by so much. */
const ROUNDING = 1e-6;

/**
 * How often jobs begin: while the rate of an origin or a kind stays as it is, at most `burst` and `perSecond × w` more are leased in
 * any `w` seconds. What was leased under the rate before is not counted, so a bucket here is never emptier than the kernel's.
 */
export class AuditedRates {
  readonly #buckets = new Map<string, Bucket>();
  readonly #settings: AuditedSettings;

  constructor(settings: AuditedSettings) {
    this.#settings = settings;
  }

  /** Whether a job may have to wait for a token. */
  limits(job: AuditedJob): boolean {
    return this.#ratesOf(job).some(([, rate]) => rate !== undefined);
  }

  leased(job: AuditedJob, { what, time }: { readonly what: string; readonly time: number }): void {
    for (const [key, rate] of this.#ratesOf(job)) {
      if (rate === undefined) {
        this.#buckets.delete(key);
        continue;
      }
      const { perSecond, burst = 1 } = rate as { perSecond: number; burst?: number };
      const before = this.#buckets.get(key);
      const since = before?.rate === rate ? before : { tokens: burst, at: time };
      const tokens = Math.min(burst, since.tokens + ((time - since.at) / 1_000) * perSecond) - 1;
      mustHold(
        'rates-hold',
        tokens >= -ROUNDING,
        `${what}: ${key} begins more often than ${perSecond} a second`,
      );
      this.#buckets.set(key, { rate, tokens, at: time });
    }
  }

  #ratesOf({ spec: { kind, origin = '' } }: AuditedJob): (readonly [key: string, rate: unknown])[] {
    return [
      [`origin ${origin}`, this.#settings.ofOrigin(origin, 'rate')],
      [`kind ${kind}`, this.#settings.of(`tksm.rate.kind.${kind}`)],
    ];
  }
}
