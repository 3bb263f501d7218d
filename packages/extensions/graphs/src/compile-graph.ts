import type { Command, Value } from '@tksm/abstractions';
import { Binder } from './bind-value.ts';
import { FOR_EACH_KIND } from './for-each-input.ts';
import type { Graph, GraphJob, GraphJobOptions } from './graph.ts';
import { realPath } from './real-path.ts';
import { resolveInputs } from './resolve-inputs.ts';
import { runId } from './run-id.ts';

export interface CompileOptions {
  /** Folder of the file: where its own relative paths start. */
  readonly folder: string;
  /** Where relative paths given by the user start. Default: the working folder of the process. */
  readonly cwd?: string;
}

export interface CompiledGraph {
  readonly name: string;
  /** Id of the run, made for the `id` of `enqueueAll`: the same graph over the same inputs is the same run. */
  readonly run: string;
  /** For `enqueueAll`. Each carries the name of its job in the graph; correlation is the host's. */
  readonly commands: readonly Command[];
  /** Kinds that have to be registered, those of the items included. */
  readonly kinds: readonly string[];
  /** Paths are absolute and free of links. */
  readonly inputs: Readonly<Record<string, Value>>;
}

/**
 * Turns a graph and the user's inputs into commands for `enqueueAll`.
 *
 * @throws KernelError `InvalidInput` with `data.input` where an input is to blame; `FileUnreadable`
 */
export function compileGraph(
  graph: Graph,
  inputs: Readonly<Record<string, string>>,
  { folder, cwd = process.cwd() }: CompileOptions,
): CompiledGraph {
  const resolved = resolveInputs(graph, inputs, { cwd, folder });
  const binder = new Binder(graph.source, folder, resolved);
  const jobs = [...graph.jobs.values()];
  const commands = jobs.map((job) =>
    job.forEach === undefined ? plainJob(job, binder) : manyJobs(job, job.forEach, binder),
  );
  const kinds = jobs.flatMap((job) => (job.forEach === undefined ? [job.kind] : [job.kind, FOR_EACH_KIND]));
  return {
    name: graph.name,
    run: runId(graph, resolved, realPath('.', folder)),
    commands,
    kinds: [...new Set(kinds)],
    inputs: Object.fromEntries(resolved),
  };
}

function plainJob(job: GraphJob, binder: Binder): Command {
  return {
    kind: job.kind,
    name: job.name,
    ...(job.input !== undefined && { input: binder.bind(job.input) }),
    ...dependencies(job),
    ...job.options,
  };
}

function manyJobs(job: GraphJob, forEach: NonNullable<GraphJob['forEach']>, binder: Binder): Command {
  const { own, each } = divided(job.options);
  const { template, bound } =
    job.input === undefined ? { template: null, bound: [] } : binder.template(job.input);
  return {
    kind: FOR_EACH_KIND,
    name: job.name,
    input: { items: binder.bind(forEach), kind: job.kind, name: job.name, template, bound, options: each },
    ...dependencies(job),
    ...own,
  };
}

/** Options of the job that makes the others, and of those. What says when and for whom goes for both. */
function divided(options: GraphJobOptions): {
  readonly own: GraphJobOptions;
  readonly each: GraphJobOptions;
} {
  const { onDependencyFailure, notBefore, ...each } = options;
  const { priority, deadline, origin, agent, workspace } = each;
  const all = { onDependencyFailure, notBefore, priority, deadline, origin, agent, workspace };
  const own = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return { own, each };
}

function dependencies({ dependsOn }: GraphJob): Pick<Command, 'dependsOn'> {
  return dependsOn.length === 0 ? {} : { dependsOn: dependsOn.map((name) => ({ name })) };
}
