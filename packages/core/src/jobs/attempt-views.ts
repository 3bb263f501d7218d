import { fromStored, toStored, VAR_LAYERS } from '@tksm/abstractions';
import type { AttemptJobs, AttemptVars, JobId, JobView, Variable } from '@tksm/abstractions';
import { checkGiven } from '../sealing/giver.ts';
import { retiredView, viewOf } from '../state/state-reader.ts';
import { WorldVars } from '../vars/world-vars.ts';
import type { Attempt } from './attempt.ts';
import type { AttemptHost } from './attempt-host.ts';
import type { Effects } from './effects.ts';

/** Children are read in pages of this size, so that a large family does not hold up the loop. */
const CHILDREN_PAGE = 500;

/** Variables as an attempt sees them: its own writes over what is durable. */
export function attemptVars(host: AttemptHost, attempt: Attempt, effects: Effects): AttemptVars {
  const shown = async (variable: Variable | undefined): Promise<Variable | undefined> =>
    variable && { ...variable, value: fromStored(await attempt.reveal(toStored(variable.value))) };
  return {
    async get(name) {
      const { authority, now } = host.engine;
      host.asking(attempt, () => {
        authority.check(attempt.job.by, { action: 'var.get', resource: name }, now);
      });
      const [current, below] = await host.read(() => {
        const vars = new WorldVars(host.engine.state.world);
        return [vars.get(name), belowRuntime(vars, name)] as const;
      });
      const pending = effects.pendingVar(name, current);
      if (pending === undefined) return await shown(current);
      // A deleted variable reveals the layer below.
      return pending ?? (await shown(below));
    },
    set(name, value, options) {
      const { clear, sealing } = attempt.take(value, name);
      host.asking(attempt, () => {
        checkGiven(toStored(options?.metadata ?? null), attempt.giver);
      });
      effects.setVar(name, fromStored(clear), options, sealing);
    },
    delete(name) {
      effects.deleteVar(name);
    },
  };
}

function belowRuntime(vars: WorldVars, name: string): Variable | undefined {
  for (const layer of [...VAR_LAYERS].reverse()) {
    const variable = layer === 'runtime' ? undefined : vars.get(name, layer);
    if (variable !== undefined) return variable;
  }
  return undefined;
}

/** Jobs as an attempt sees them: only what is durable; those of others as its handle allows. */
export function attemptJobs(host: AttemptHost, attempt: Attempt, effects: Effects): AttemptJobs {
  const check = (id: JobId): void => {
    // A child that waits for its step is there for nobody yet.
    if (host.engine.known(id) !== undefined || !effects.submits(id)) attempt.seen(id);
  };
  const view = (id: JobId): JobView | undefined => {
    const { engine } = host;
    const job = engine.job(id);
    if (job !== undefined) return viewOf(job, engine.state);
    const record = engine.retired.job(id);
    return record && retiredView(record);
  };
  return {
    get: (id) =>
      host.read(() => {
        check(id);
        return view(id);
      }),
    async *children(parent) {
      const ids = await host.read(() => {
        check(parent);
        return host.childrenOf(parent);
      });
      for (let start = 0; start < ids.length; start += CHILDREN_PAGE) {
        const page = ids.slice(start, start + CHILDREN_PAGE);
        yield* await host.read(() => page.flatMap((id) => view(id) ?? []));
      }
    },
  };
}
