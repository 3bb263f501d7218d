import { KernelError } from '@tksm/abstractions';
import type { Counter, GaugeReading, Histogram, MetricOptions, Metrics } from '@tksm/abstractions';
import { BucketInstrument, CountingInstrument, DEFAULT_BUCKETS } from './instruments.ts';
import { MAX_SERIES } from './series.ts';
import type { MetricSnapshot, NumberSample } from './snapshot.ts';

/** Instruments that one registry takes. */
const MAX_INSTRUMENTS = 1_000;

/** Metrics that can be read. */
export interface ReadableMetrics extends Metrics {
  /** What every instrument says now, in the order of their names. Gauges are read while this runs. */
  snapshot(): readonly MetricSnapshot[];
}

/** Metrics without an instrument yet. */
export function createMetrics(): ReadableMetrics {
  return new MetricRegistry();
}

type Instrument =
  | { readonly type: 'counter'; readonly made: CountingInstrument }
  | { readonly type: 'histogram'; readonly made: BucketInstrument }
  | { readonly type: 'gauge'; readonly made: GaugeReading };

/** Instruments by name. Guarantees: one name is one instrument; a gauge that fails does not spoil the others. */
class MetricRegistry implements ReadableMetrics {
  readonly #instruments = new Map<string, Instrument & { readonly options: MetricOptions }>();

  counter(name: string, options: MetricOptions): Counter {
    const found = this.#find(name, 'counter');
    if (found?.type === 'counter') return found.made;
    const made = new CountingInstrument();
    this.#keep(name, { type: 'counter', made, options });
    return made;
  }

  /** @throws KernelError `InvalidInput` for buckets that do not ascend, as all for a bad name or one of another type */
  histogram(name: string, options: MetricOptions): Histogram {
    const found = this.#find(name, 'histogram');
    if (found?.type === 'histogram') return found.made;
    const { buckets = DEFAULT_BUCKETS } = options;
    if (buckets.some((bound, index) => !(bound > (buckets[index - 1] ?? -Infinity)))) {
      throw new KernelError('InvalidInput', `the buckets of ${name} do not ascend`);
    }
    const made = new BucketInstrument(buckets.filter((bound) => bound < Infinity));
    this.#keep(name, { type: 'histogram', made, options });
    return made;
  }

  /** A second reading of one name replaces the first: what it read may be gone. */
  gauge(name: string, options: MetricOptions, read: GaugeReading): void {
    this.#find(name, 'gauge');
    this.#keep(name, { type: 'gauge', made: read, options });
  }

  snapshot(): readonly MetricSnapshot[] {
    return [...this.#instruments]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, instrument]) => {
        const { help, unit } = instrument.options;
        const facts = { name, help, unit };
        if (instrument.type === 'histogram') {
          return { ...facts, type: instrument.type, samples: instrument.made.samples() };
        }
        const samples =
          instrument.type === 'gauge' ? gaugeSamples(instrument.made) : instrument.made.samples();
        return { ...facts, type: instrument.type, samples };
      });
  }

  #find(name: string, type: Instrument['type']): Instrument | undefined {
    const found = this.#instruments.get(name);
    if (found === undefined || found.type === type) return found;
    throw new KernelError('InvalidInput', `${name} is a ${found.type} already, not a ${type}`);
  }

  #keep(name: string, instrument: Instrument & { readonly options: MetricOptions }): void {
    if (!/^[a-z][a-z0-9_]{0,127}$/.test(name)) {
      throw new KernelError('InvalidInput', `${JSON.stringify(name)} is no name for a metric`);
    }
    if (this.#instruments.size >= MAX_INSTRUMENTS && !this.#instruments.has(name)) {
      throw new KernelError('InvalidInput', `there are ${MAX_INSTRUMENTS} metrics already`);
    }
    this.#instruments.set(name, instrument);
  }
}

function gaugeSamples(read: GaugeReading): readonly NumberSample[] {
  try {
    const reading = read();
    return typeof reading === 'number' ? [{ labels: {}, value: reading }] : reading.slice(0, MAX_SERIES);
  } catch {
    return [];
  }
}
