import type { JobId, JobView } from '@tksm/abstractions';

/** A run or a supervisor with its jobs, or a job with its children. */
export interface TreeNode {
  readonly run?: string;
  readonly supervisor?: string;
  readonly job?: JobView;
  readonly children: readonly TreeNode[];
}

/** Jobs under the jobs that made them or the supervisors that run them, and those under their runs; only what is under `root` when given. */
export function jobForest(jobs: readonly JobView[], root?: JobView): TreeNode[] {
  const children = new Map<JobId, JobView[]>();
  const known = new Set(jobs.map(({ id }) => id));
  const tops = new Map<string | undefined, JobView[]>();
  const supervised = new Map<string, JobView[]>();
  for (const job of jobs) {
    const { parent, correlation, supervision } = job.spec;
    if (parent !== undefined && known.has(parent)) put(children, parent, job);
    else if (supervision !== undefined) put(supervised, supervision.supervisor, job);
    else put(tops, correlation, job);
  }
  const nodeOf = (job: JobView): TreeNode => ({ job, children: (children.get(job.id) ?? []).map(nodeOf) });
  if (root !== undefined) return [nodeOf(root)];
  const runs = [...tops].map(([run, list]) => ({
    ...(run !== undefined && { run }),
    children: list.map(nodeOf),
  }));
  return [...runs, ...supervisorForest(supervised, nodeOf)];
}

/** Supervisors under those above them, each before its jobs' nodes. */
function supervisorForest(
  supervised: ReadonlyMap<string, readonly JobView[]>,
  nodeOf: (job: JobView) => TreeNode,
): TreeNode[] {
  const below = new Map<string, Set<string>>();
  for (const path of supervised.keys()) {
    for (let id = path; id !== ''; id = above(id)) {
      const known = below.get(above(id));
      if (known === undefined) below.set(above(id), new Set([id]));
      else known.add(id);
    }
  }
  const under = (id: string): TreeNode[] => [...(below.get(id) ?? [])].map(supervisorNode);
  const supervisorNode = (supervisor: string): TreeNode => ({
    ...{ supervisor, children: [...(supervised.get(supervisor) ?? []).map(nodeOf), ...under(supervisor)] },
  });
  return under('');
}

function above(id: string): string {
  return id.slice(0, Math.max(0, id.lastIndexOf('/')));
}

function put<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
