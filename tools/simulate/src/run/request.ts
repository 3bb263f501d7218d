import type { Command, JobId, Kernel, Receipt, StoredValue } from '@tksm/abstractions';
import type { AskedWrite, AuditedVars } from '../audit/audited-vars.ts';
import type { CommandAct, OperateAct, VarAct } from '../workload/act.ts';

/** A command as a kernel is asked: an act with what it depends on filled in. It can be asked again, word for word. */
export interface Request {
  /** What may not differ between two commands under one id. */
  readonly essence: string;
  /** What is asked of the variables, when it is. */
  readonly asked?: AskedWrite;
  issue(kernel: Kernel): Promise<readonly Receipt[]>;
}

/** What an act may look up. */
export interface RequestScope {
  readonly now: number;
  readonly vars: AuditedVars;
  /** A job that was acknowledged, counted back. */
  job(number: number): JobId | undefined;
}

/** The request of an act; undefined when there is no job yet that it could be about. */
export function requestOf(act: CommandAct, scope: RequestScope): Request | undefined {
  const named = act.id === undefined ? {} : { id: act.id };
  switch (act.act) {
    case 'enqueue': {
      const { now } = scope;
      const dependsOn = [...new Set(act.waitsFor.flatMap((number) => scope.job(number) ?? []))];
      const command = {
        ...{ ...act.command, ...named, dependsOn },
        ...(act.delay !== undefined && { notBefore: now + act.delay }),
        ...(act.deadlineIn !== undefined && { deadline: now + act.deadlineIn }),
      };
      return {
        essence: String(command.kind),
        issue: async (kernel) => [await kernel.enqueue(command, kernel.operator)],
      };
    }
    case 'batch': {
      const batch = batchOf(act.size);
      return { essence: 'batch', issue: (kernel) => kernel.enqueueAll(batch, kernel.operator, named) };
    }
    case 'var': {
      const { input, asked } = writeOf(act, scope.vars);
      return { ...operation({ kind: `var.${act.operation}`, input, ...named }), asked };
    }
    case 'operate':
      return operating(act, scope);
    default: {
      const job = scope.job(act.job);
      if (job === undefined) return undefined;
      if (act.act === 'send') {
        const input = { job, topic: act.topic, body: act.job };
        return operation({ kind: 'inbox.send', input, ...named });
      }
      return operation({ kind: `job.${act.act}`, input: { job }, ...named });
    }
  }
}

function operating(act: OperateAct, scope: RequestScope): Request | undefined {
  const { operation: kind, input, at, id } = act;
  const job = act.job === undefined ? undefined : scope.job(act.job);
  if (act.job !== undefined && job === undefined) return undefined;
  const filled = {
    ...input,
    ...(job !== undefined && { job }),
    ...(at !== undefined && { at: scope.now + at }),
  };
  return operation({ kind, input: filled, ...(id !== undefined && { id }) });
}

function operation(command: Command): Request {
  return {
    essence: JSON.stringify([command.kind, command.input]),
    issue: async (kernel) => [await kernel.perform(command, kernel.operator)],
  };
}

/** Each job waits for the one before. */
function batchOf(size: number): Command[] {
  return Array.from({ length: size }, (_, n) => ({
    ...{ kind: n % 2 === 0 ? 'flaky' : 'echo', input: { times: 1 }, name: `n${n}` },
    dependsOn: n === 0 ? [] : [{ name: `n${n - 1}` }],
  }));
}

/** Input of a write, and what must be true of it when it is acknowledged. */
function writeOf(act: VarAct, vars: AuditedVars): { input: StoredValue; asked: AskedWrite } {
  const { operation: op, layer, value, expects } = act;
  const names = [...new Set(act.names)];
  const writes = names.map((name, n) => {
    const deletes = op === 'delete' || (op === 'apply' && n % 3 === 2);
    return [name, deletes ? undefined : value + n] as const;
  });
  const etagOf = (name: string): string | null => {
    if (expects === 'absent') return null;
    return expects === 'current' ? vars.etag(layer, name) : vars.firstEtag(layer, name);
  };
  const expected =
    expects === 'nothing' ? [] : names.slice(0, 2).map((name) => ({ name, layer, etag: etagOf(name) }));
  const asked = { layer, writes, expected };
  const [first] = expected;
  if (op === 'apply') {
    const changes = writes.map(([name, to]) =>
      to === undefined ? { op: 'delete', name } : { op: 'set', name, value: to },
    );
    return { input: { layer, changes, preconditions: expected.map((one) => ({ ...one })) }, asked };
  }
  const input = {
    ...{ name: names[0] ?? '', layer },
    ...(op === 'set' && { value }),
    ...(first !== undefined && { ifEtag: first.etag }),
  };
  return { input, asked };
}
