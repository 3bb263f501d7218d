import { createHash } from 'node:crypto';
import { canonicalJson, toStored } from '@tksm/abstractions';
import type { Value } from '@tksm/abstractions';
import type { Graph, GraphJob } from './graph.ts';
import { plainOf, valuesIn } from './located.ts';

/** 128 bits, as ids have. */
const HEX_DIGITS = 32;

/**
 * The name of a run: the same for the same jobs over the same inputs, wherever and whenever it is started. Summaries,
 * comments and the layout of the file do not count; the folder counts when the file names paths by it.
 *
 * Source: SHA-256 over RFC 8785.
 */
export function runId(graph: Graph, inputs: ReadonlyMap<string, Value>, folder: Value): string {
  const jobs = [...graph.jobs.values()].map((job) => [job.name, contentOf(job)]);
  const namesPaths = [...graph.jobs.values()].some((job) =>
    [...partsOf(job)].some(({ is }) => is === 'path'),
  );
  const content = {
    format: 1,
    name: graph.name,
    jobs: Object.fromEntries(jobs) as Value,
    inputs: Object.fromEntries(inputs),
    ...(namesPaths && { folder }),
  };
  const digest = createHash('sha256')
    .update(canonicalJson(toStored(content)))
    .digest('hex');
  return `run:${digest.slice(0, HEX_DIGITS)}`;
}

function contentOf({ kind, input, forEach, dependsOn, options }: GraphJob): unknown {
  return {
    kind,
    dependsOn: [...dependsOn].sort(),
    options,
    ...(input !== undefined && { input: plainOf(input) }),
    ...(forEach !== undefined && { forEach: plainOf(forEach) }),
  };
}

function* partsOf(job: GraphJob): ReturnType<typeof valuesIn> {
  if (job.input !== undefined) yield* valuesIn(job.input);
  if (job.forEach !== undefined) yield* valuesIn(job.forEach);
}
