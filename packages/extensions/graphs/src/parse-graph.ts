import { Fields, mapOf } from './fields.ts';
import type { Graph } from './graph.ts';
import { checkDependencies } from './check-dependencies.ts';
import { didYouMean } from './nearest-word.ts';
import { readInputs } from './read-inputs.ts';
import { readJob } from './read-job.ts';
import type { ReadJob } from './read-job.ts';
import { readYaml } from './read-yaml.ts';
import { referencesIn } from './references.ts';
import { Source } from './source.ts';

const FIELDS = ['name', 'summary', 'inputs', 'jobs'];
const NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;
/** Most jobs that a file may name; more come from `forEach`. */
const MAX_JOBS = 10_000;

/**
 * Reads a graph of jobs from YAML and checks all that can be known without its inputs.
 *
 * @param name stands for the file in messages
 * @throws KernelError with `data.file` and `data.line`: `InvalidInput`, `DuplicateId`, `DependencyUnknown`,
 * `DependencyCycle` with `data.cycle`, `PayloadTooLarge`
 */
export function parseGraph(text: string, name: string): Graph {
  const source = new Source(name);
  const root = readYaml(text, source);
  const fields = new Fields(root, 'a graph', FIELDS, source);
  const inputs = readInputs(fields.get('inputs'), source);
  const jobs = readJobs(fields, source);
  for (const job of jobs.values()) checkInputs(job, inputs, source);
  checkDependencies(jobs, source);
  const summary = fields.text('summary');
  return {
    name: graphName(fields, source),
    ...(summary !== undefined && { summary }),
    source: name,
    inputs,
    jobs,
  };
}

function graphName(fields: Fields, source: Source): string {
  const name = fields.requiredText('name');
  if (!NAME.test(name)) throw source.problem(fields.get('name')?.line ?? 1, `${name} is no name of a graph`);
  return name;
}

function readJobs(fields: Fields, source: Source): Map<string, ReadJob> {
  const value = fields.get('jobs');
  if (value === undefined) throw source.problem(fields.line, 'a graph needs the field jobs');
  const { entries } = mapOf(value, 'jobs', source);
  if (entries.size === 0) throw source.problem(value.line, 'a graph has one job at least');
  if (entries.size > MAX_JOBS) throw source.problem(value.line, `a graph has at most ${MAX_JOBS} jobs`);
  const jobs = new Map<string, ReadJob>();
  for (const [name, definition] of entries) {
    if (!NAME.test(name)) throw source.problem(definition.line, `${name} is no name of a job`);
    jobs.set(name, readJob(name, definition, source));
  }
  return jobs;
}

function checkInputs(job: ReadJob, inputs: Graph['inputs'], source: Source): void {
  for (const part of [job.input, job.forEach]) {
    if (part === undefined) continue;
    for (const { reference, line } of referencesIn(part, source)) {
      if (reference.to !== 'input' || inputs.has(reference.name)) continue;
      throw source.problem(
        line,
        `there is no input ${reference.name}${didYouMean(reference.name, inputs.keys())}`,
      );
    }
  }
}
