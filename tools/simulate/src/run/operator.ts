import { isKernelError } from '@tksm/abstractions';
import type { Clock, JobId, Kernel, Receipt } from '@tksm/abstractions';
import type { Auditor } from '../audit/auditor.ts';
import { Violation } from '../audit/violation.ts';
import type { CommandAct } from '../workload/act.ts';
import type { FaultCounts } from './fault-counts.ts';

/** Whom an operator tells what it saw. */
export interface OperatorParts {
  readonly auditor: Auditor;
  readonly clock: Pick<Clock, 'now'>;
  readonly counts: FaultCounts;
  traced(line: string): void;
  blame(violation: Violation): void;
}

/** Gives commands, and remembers every answer: an acknowledgement counts for ever, and says the same each time. */
export class Operator {
  readonly #parts: OperatorParts;
  readonly #acknowledged: JobId[] = [];
  readonly #answers = new Map<string, string>();
  #commands = 0;

  constructor(parts: OperatorParts) {
    this.#parts = parts;
  }

  get commands(): number {
    return this.#commands;
  }

  give(kernel: Kernel, act: CommandAct): void {
    const { auditor, counts, traced, blame } = this.#parts;
    this.#commands += 1;
    const { id } = act;
    if (id !== undefined && auditor.knows(id)) counts.add('command-retried');
    this.#issue(kernel, act).then(
      (receipts) => {
        for (const receipt of receipts) this.#receipt(receipt, id);
      },
      (error: unknown) => {
        const code = isKernelError(error) ? error.code : 'untyped';
        traced(`refused ${code}`);
        if (code !== 'untyped' && code !== 'Internal') return;
        blame(new Violation('refusals-are-typed', `${act.act}: ${String((error as Error).stack)}`));
      },
    );
  }

  async #issue(kernel: Kernel, act: CommandAct): Promise<readonly Receipt[]> {
    const { operator } = kernel;
    const id = act.id === undefined ? {} : { id: act.id };
    switch (act.act) {
      case 'enqueue': {
        const now = this.#parts.clock.now();
        const dependsOn = [...new Set(act.waitsFor.flatMap((number) => this.#job(number) ?? []))];
        const command = {
          ...{ ...act.command, ...id, dependsOn },
          ...(act.delay !== undefined && { notBefore: now + act.delay }),
          ...(act.deadlineIn !== undefined && { deadline: now + act.deadlineIn }),
        };
        return [await kernel.enqueue(command, operator)];
      }
      case 'batch': {
        const batch = Array.from({ length: act.size }, (_, n) => ({
          ...{ kind: n % 2 === 0 ? 'flaky' : 'echo', input: { times: 1 }, name: `n${n}` },
          dependsOn: n === 0 ? [] : [{ name: `n${n - 1}` }],
        }));
        return await kernel.enqueueAll(batch, operator, id);
      }
      case 'var': {
        const precondition = act.ifNew ? { ifEtag: null } : {};
        const input = { name: act.name, value: act.value, ...precondition };
        return [await kernel.perform({ kind: 'var.set', input, ...id }, operator)];
      }
      default: {
        const job = this.#job(act.job);
        if (job === undefined) return [];
        return [await kernel.perform({ kind: `job.${act.act}`, input: { job }, ...id }, operator)];
      }
    }
  }

  /** What is answered must stand in the durable log by now. */
  #receipt(receipt: Receipt, id: string | undefined): void {
    const { auditor, traced, blame } = this.#parts;
    const answer = receipt.class === 'task' ? receipt.job : JSON.stringify(receipt.output);
    traced(`answer ${answer}`);
    if (receipt.class === 'task') {
      this.#acknowledged.push(receipt.job);
      if (!auditor.jobs.has(receipt.job)) blame(early(`job ${answer}`));
    }
    if (id === undefined || id.startsWith('batch')) return;
    const first = this.#answers.get(id) ?? answer;
    this.#answers.set(id, first);
    if (first !== answer) blame(new Violation('one-outcome', `${id} was answered ${first}, then ${answer}`));
    if (!auditor.knows(id)) blame(early(`command ${id}`));
  }

  #job(number: number): JobId | undefined {
    const { length } = this.#acknowledged;
    return length === 0 ? undefined : this.#acknowledged[length - 1 - (number % length)];
  }
}

function early(what: string): Violation {
  return new Violation('durable-before-answer', `${what} was acknowledged before it was durable`);
}
