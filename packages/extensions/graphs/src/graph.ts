import type { JobOptions } from '@tksm/abstractions';
import type { Located } from './located.ts';

/** What an input is made of: the text given by the user, or the default of the file. */
export const INPUT_TYPES = ['string', 'number', 'boolean', 'path'] as const;
export type InputType = (typeof INPUT_TYPES)[number];

/** A value that the user may give. */
export interface GraphInput {
  readonly name: string;
  readonly line: number;
  readonly type: InputType;
  /** Without a default, an optional input that is not given is null. */
  readonly optional: boolean;
  readonly fallback?: string | number | boolean;
  readonly summary?: string;
}

/** Options that a graph may set: dependencies and the name have fields of their own. */
export type GraphJobOptions = Omit<
  JobOptions,
  'name' | 'dependsOn' | 'correlation' | 'dedupKey' | 'dedupWindowMs' | 'debounce'
>;

export interface GraphJob {
  readonly name: string;
  readonly line: number;
  readonly kind: string;
  readonly input: Located | undefined;
  /** One job per item of this. */
  readonly forEach: Located | undefined;
  /** Jobs of the graph, those it refers to included. */
  readonly dependsOn: readonly string[];
  readonly options: GraphJobOptions;
}

/** A graph of jobs that is sound in itself. What its inputs are, and whether its kinds exist, is not known yet. */
export interface Graph {
  readonly name: string;
  readonly summary?: string;
  /** Where it was read, for messages. */
  readonly source: string;
  readonly inputs: ReadonlyMap<string, GraphInput>;
  readonly jobs: ReadonlyMap<string, GraphJob>;
}
