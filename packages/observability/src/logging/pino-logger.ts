import { createRequire } from 'node:module';
import type { Logger as Pino } from 'pino';
import { LOG_LEVELS } from '@tksm/abstractions';
import type { Clock, Correlation, Logger, LogLevel, Redactor } from '@tksm/abstractions';
import { plainFields, REDACTED } from './plain-fields.ts';
import { prettyLine } from './pretty-line.ts';

/** Takes whole lines. Must not wait. */
export interface LineWriter {
  write(line: string): unknown;
}

export interface PinoLoggerOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** The least serious level that is written. Default `info`. */
  readonly level?: LogLevel | undefined;
  /** A file descriptor, a file's path or a writer. Default: standard error. */
  readonly destination?: number | string | LineWriter | undefined;
  /** Lines for people instead of JSON. */
  readonly pretty?: boolean | undefined;
  /** Further fields to redact, as pino's paths, for example `request.body`. */
  readonly redact?: readonly string[] | undefined;
  /** Masks the values of known secrets. */
  readonly redactor?: Redactor | undefined;
}

/** What may wait to be written, in bytes; beyond that lines are lost and counted. */
const MAX_WAITING_BYTES = 8_388_608;
const STANDARD_ERROR = 2;
/** Keys of a line that are pino's. */
const OWN_KEYS = new Set(['level', 'time', 'msg']);

/** Where the lines of all loggers of one output go. */
interface LineSink {
  write(level: LogLevel, message: string, correlation: Correlation, fields: object | undefined): void;
}

/** A logger that can be flushed, and says how many lines it lost. */
export interface PinoLogger extends Logger {
  /** Lines that could not be written. */
  readonly lost: number;
  /** Writes out what waits. Never throws. */
  flush(): void;
}

/**
 * A logger over pino. Fields are bounded and redacted by name and by value; correlation ids come first and win over
 * fields of their name. pino itself is loaded with the first line that is written.
 */
export function createPinoLogger(options: PinoLoggerOptions): PinoLogger {
  const { level = 'info' } = options;
  const sink = new PinoSink(options);
  const root = new CorrelatedLogger(sink, LOG_LEVELS.indexOf(level), {});
  return {
    log: (...line) => root.log(...line),
    child: (correlation) => root.child(correlation),
    flush: () => sink.flush(),
    get lost() {
      return sink.lost;
    },
  };
}

/** Cheap to make: there is one for each attempt of a job. */
class CorrelatedLogger implements Logger {
  readonly #sink: LineSink;
  readonly #least: number;
  readonly #correlation: Correlation;

  constructor(sink: LineSink, least: number, correlation: Correlation) {
    this.#sink = sink;
    this.#least = least;
    this.#correlation = correlation;
  }

  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void {
    if (LOG_LEVELS.indexOf(level) < this.#least) return;
    this.#sink.write(level, message, this.#correlation, fields);
  }

  child(correlation: Correlation): Logger {
    return new CorrelatedLogger(this.#sink, this.#least, { ...this.#correlation, ...correlation });
  }
}

/** The one output. Guarantees: never throws and never waits; a line that cannot be written is counted as lost. */
class PinoSink implements LineSink {
  lost = 0;
  readonly #options: PinoLoggerOptions;
  readonly #mask: (text: string) => string;
  #pino: Pino | undefined;
  #flush: (() => void) | undefined;

  constructor(options: PinoLoggerOptions) {
    this.#options = options;
    this.#mask = (text) => options.redactor?.mask(text) ?? text;
  }

  write(level: LogLevel, message: string, correlation: Correlation, fields: object | undefined): void {
    try {
      this.#pino ??= this.#load();
      const line =
        fields === undefined ? correlation : { ...correlation, ...this.#fields(fields), ...correlation };
      this.#pino[level](line, this.#mask(message));
    } catch {
      this.lost += 1;
    }
  }

  flush(): void {
    try {
      this.#flush?.();
    } catch {
      // What could not be written has been counted.
    }
  }

  #fields(fields: object): Record<string, unknown> {
    const plain = Object.entries(plainFields(fields, this.#mask));
    return Object.fromEntries(plain.map(([key, value]) => [OWN_KEYS.has(key) ? `field.${key}` : key, value]));
  }

  #load(): Pino {
    const { pino } = createRequire(import.meta.url)('pino') as typeof import('pino');
    const { clock, redact = [] } = this.#options;
    return pino(
      {
        level: 'trace',
        base: null,
        timestamp: () => `,"time":${clock.now()}`,
        formatters: { level: (label) => ({ level: label }) },
        ...(redact.length > 0 && { redact: { paths: [...redact], censor: REDACTED } }),
      },
      this.#destination(pino),
    );
  }

  #destination({ destination }: typeof import('pino').pino): LineWriter & { write(line: string): void } {
    const { destination: wanted = STANDARD_ERROR, pretty = false } = this.#options;
    const writer = typeof wanted === 'object' ? wanted : this.#open(destination, wanted);
    return { write: (line: string) => void writer.write(pretty ? prettyLine(line) : line) };
  }

  #open(destination: typeof import('pino').destination, wanted: number | string): LineWriter {
    const stream = destination({ dest: wanted, sync: false, maxLength: MAX_WAITING_BYTES });
    const lose = (): void => {
      this.lost += 1;
    };
    stream.on('error', lose).on('drop', lose);
    this.#flush = () => stream.flushSync();
    return stream;
  }
}
