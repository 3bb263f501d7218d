import type { JobId, JobView } from '@tksm/abstractions';

/** A run with its jobs, or a job with its children. */
export interface TreeNode {
  readonly run?: string;
  readonly job?: JobView;
  readonly children: readonly TreeNode[];
}

/** Jobs under the jobs that made them, and those under their runs; only what is under `root` when given. */
export function jobForest(jobs: readonly JobView[], root?: JobView): TreeNode[] {
  const children = new Map<JobId, JobView[]>();
  const known = new Set(jobs.map(({ id }) => id));
  const tops = new Map<string | undefined, JobView[]>();
  for (const job of jobs) {
    const { parent, correlation } = job.spec;
    if (parent !== undefined && known.has(parent)) put(children, parent, job);
    else put(tops, correlation, job);
  }
  const nodeOf = (job: JobView): TreeNode => ({ job, children: (children.get(job.id) ?? []).map(nodeOf) });
  if (root !== undefined) return [nodeOf(root)];
  return [...tops].map(([run, list]) => ({ ...(run !== undefined && { run }), children: list.map(nodeOf) }));
}

function put<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
