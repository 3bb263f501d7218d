import { canonicalJson, isKernelError, toStored } from '@tksm/abstractions';
import type { Clock, JobId, Kernel, Receipt } from '@tksm/abstractions';
import type { Auditor } from '../audit/auditor.ts';
import { mustHold, Violation } from '../audit/violation.ts';
import type { CommandAct, OperateAct } from '../workload/act.ts';
import type { FaultClass, FaultCounts } from './fault-counts.ts';
import { requestOf } from './request.ts';
import type { Request } from './request.ts';
import type { Verdict } from './verdict.ts';

/** Whom an operator tells what it saw. */
export interface OperatorParts {
  readonly auditor: Auditor;
  readonly clock: Pick<Clock, 'now'>;
  readonly counts: FaultCounts;
  readonly verdict: Verdict;
  traced(line: string): void;
}

/** What an operation that was acknowledged counts as. */
const WHAT_IT_DID: Readonly<Record<string, FaultClass>> = {
  'var.set': 'setting-changed',
  'kind.pause': 'kind-paused',
  'pool.pause': 'pool-paused',
  'job.pause': 'job-paused',
  'job.cancel': 'tree-cancelled',
  'job.redrive': 'redriven',
  'schedule.pause': 'schedule-paused',
  'schedule.remove': 'schedule-removed',
};

/** The first answer to a command id. */
interface FirstAnswer {
  readonly essence: string;
  /** One text for each receipt. */
  readonly receipts: readonly string[];
}

/** Gives commands, and remembers every answer: an acknowledgement counts for ever, and says the same each time. */
export class Operator {
  readonly #parts: OperatorParts;
  readonly #acknowledged: JobId[] = [];
  readonly #answers = new Map<string, FirstAnswer>();
  /** Requests of acts with an id: when one comes again, it asks for the same. */
  readonly #requests = new Map<CommandAct, Request>();
  #commands = 0;

  constructor(parts: OperatorParts) {
    this.#parts = parts;
  }

  get commands(): number {
    return this.#commands;
  }

  give(kernel: Kernel, act: CommandAct): void {
    const { counts, verdict, traced } = this.#parts;
    this.#commands += 1;
    const request = this.#request(act);
    if (request === undefined) return;
    const { id } = act;
    if (id !== undefined && this.#answers.has(id))
      counts.add(act.act === 'batch' ? 'batch-retried' : 'command-retried');
    request.issue(kernel).then(
      (receipts) => {
        verdict.check(() => {
          this.#answered(act, request, receipts);
        });
      },
      (error: unknown) => {
        traced(`refused ${isKernelError(error) ? error.code : 'untyped'}`);
        verdict.check(() => {
          this.#refused(act, error);
        });
      },
    );
  }

  #request(act: CommandAct): Request | undefined {
    const { clock, auditor } = this.#parts;
    const before = this.#requests.get(act);
    if (before !== undefined) return before;
    const request = requestOf(act, {
      ...{ now: clock.now(), vars: auditor.vars },
      job: (number) => this.#job(number),
    });
    if (request !== undefined && act.id !== undefined) this.#requests.set(act, request);
    return request;
  }

  /** What is answered must stand in the durable log by now. */
  #answered(act: CommandAct, { essence, asked }: Request, receipts: readonly Receipt[]): void {
    const { auditor, traced } = this.#parts;
    const { id } = act;
    const texts = receipts.map((receipt) =>
      receipt.class === 'task' ? receipt.job : canonicalJson(toStored(receipt.output)),
    );
    traced(`answer ${texts.join(' ')}`);
    for (const receipt of receipts) {
      if (receipt.class === 'task') {
        this.#acknowledged.push(receipt.job);
        mustHold('durable-before-answer', auditor.jobs.has(receipt.job), `${receipt.job} is not durable`);
      }
      const isDurable = receipt.position <= auditor.head.position;
      mustHold('durable-before-answer', isDurable, `what is at ${receipt.position} is not durable`);
      if (asked !== undefined) auditor.vars.checkWrite(asked, receipt.position);
    }
    if (act.act === 'operate') this.#count(act);
    if (id === undefined) return;
    if (act.act !== 'batch') mustHold('durable-before-answer', auditor.knows(id), `${id} is not durable`);
    this.#compare(id, { essence, receipts: texts });
  }

  #count({ operation }: OperateAct): void {
    const did = WHAT_IT_DID[operation];
    if (did !== undefined) this.#parts.counts.add(did);
  }

  /** A batch may grow under its id; what it said before it says again. */
  #compare(id: string, answer: FirstAnswer): void {
    const first = this.#answers.get(id) ?? answer;
    if (answer.receipts.length >= first.receipts.length) this.#answers.set(id, answer);
    mustHold(
      'one-outcome',
      first.essence === answer.essence,
      `${id} was ${first.essence}, then ${answer.essence}`,
    );
    const both = Math.min(first.receipts.length, answer.receipts.length);
    const [before, now] = [first, answer].map(({ receipts }) => receipts.slice(0, both).join(' '));
    mustHold('one-outcome', before === now, `${id} was answered ${before ?? ''}, then ${now ?? ''}`);
  }

  #refused({ act, id }: CommandAct, error: unknown): void {
    const { auditor, counts } = this.#parts;
    if (!isKernelError(error) || error.code === 'Internal')
      throw new Violation('refusals-are-typed', `${act}: ${String((error as Error).stack)}`);
    const { code, message } = error;
    // Whatever an act names was acknowledged.
    const isKnown = code !== 'JobNotFound' && code !== 'DependencyUnknown';
    mustHold('acknowledged-is-known', isKnown, `${act}: ${message}`);
    if (code === 'QueueFull') counts.add('queue-full');
    if (code === 'CommandTooOld') {
      counts.add('command-too-old');
      mustHold('one-outcome', id !== undefined && auditor.knows(id), `${message}, and was never answered`);
    }
    if (code !== 'PreconditionFailed') return;
    const { name, actual } = error.data as { readonly name: string; readonly actual: string | null };
    auditor.vars.checkRefusal(name, actual);
  }

  #job(number: number): JobId | undefined {
    const { length } = this.#acknowledged;
    return length === 0 ? undefined : this.#acknowledged[length - 1 - (number % length)];
  }
}
