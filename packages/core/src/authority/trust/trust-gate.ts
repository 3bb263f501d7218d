import { isSystemKind, KernelError, RINGS } from '@tksm/abstractions';
import type { ChildSpec, HandleId, JobSpec, KernelEvent, Ring, TrustPolicy } from '@tksm/abstractions';
import { debouncedSpec } from '../../state/apply-flow.ts';
import type { KernelState } from '../../state/kernel-state.ts';
import { OPERATOR_ID } from '../handle-table.ts';
import { ringPolicy } from './policies.ts';

/** What a policy is shown of a job that is to be queued. */
type Wanted = Pick<JobSpec, 'origin' | 'agent' | 'claims' | 'uses'> & { readonly kind: string };

/**
 * Asks the host's policy before a job is queued: whoever submits it, in whatever way. What a schedule or a supervisor will
 * submit is asked for when it is set up.
 */
export class TrustGate {
  readonly #policy: TrustPolicy;
  readonly #state: KernelState;
  readonly #ringOf: (kind: string) => Ring;

  constructor(policy: TrustPolicy, state: KernelState, ringOf: (kind: string) => Ring) {
    this.#policy = policy;
    this.#state = state;
    this.#ringOf = ringOf;
  }

  /** Judges what is about to be recorded. @throws KernelError `NotAdmitted` */
  admit(events: readonly KernelEvent[]): void {
    if (this.#policy.judgesOwner !== true && this.#state.capabilities.size === 0) return;
    for (const event of events) {
      if (event.type === 'job.submitted') {
        if ((event.spec.tick ?? event.spec.supervision) === undefined) this.#judge(event.by, event.spec);
      } else if (event.type === 'job.debounced') {
        const waiting = this.#state.jobs.get(event.job);
        if (waiting !== undefined) this.#judge(event.by, debouncedSpec(waiting.spec, event));
      } else if (event.type === 'agent.task-scheduled') {
        // It runs by the agent's handle, which may be further in than who has it run.
        for (const job of events)
          if (job.type === 'job.submitted' && job.job === event.job) this.#judge(event.by, job.spec);
      } else if (event.type === 'schedule.set') {
        this.#judge(event.by, { ...event.spec.job, kind: String(event.spec.job.kind) });
      } else if (event.type === 'supervisor.started') {
        for (const job of jobsOf(event.spec.children)) this.#judge(event.by, job);
      } else if (event.type === 'supervisor.child-changed' && event.change.what === 'added') {
        for (const job of jobsOf([event.change.spec])) this.#judge(event.by, job);
      }
    }
  }

  /** Judges jobs that are to be queued in several groups. @throws KernelError `NotAdmitted` */
  admitJobs(by: HandleId, jobs: readonly { readonly spec: JobSpec }[]): void {
    for (const { spec } of jobs) this.#judge(by, spec);
  }

  #judge(by: HandleId | undefined, { kind, origin, agent, claims, uses }: Wanted): void {
    if (by === undefined || isSystemKind(kind)) return;
    if (by === OPERATOR_ID && this.#policy.judgesOwner !== true) return;
    const kindRing = this.#ringOf(kind);
    // The default asks for nothing but rings, and most kinds are for all of them: no request is made for those.
    if (this.#policy === ringPolicy && kindRing === RINGS.outside) return;
    const ring = this.#state.capabilities.get(by)?.ring ?? RINGS.kernel;
    const reason = this.#refusal({
      ...{ kind, kindRing, by, ring },
      ...(origin !== undefined && { origin }),
      ...(agent !== undefined && { agent }),
      ...(claims !== undefined && { claims }),
      ...(uses !== undefined && { uses }),
    });
    if (reason === undefined) return;
    const { name: policy } = this.#policy;
    throw new KernelError('NotAdmitted', `the trust policy ${policy} refuses ${kind}: ${reason}`, {
      data: { policy, kind, reason },
    });
  }

  #refusal(request: Parameters<TrustPolicy['refuses']>[0]): string | undefined {
    try {
      return this.#policy.refuses(request);
    } catch (error) {
      return `it failed: ${String(error)}`;
    }
  }
}

function jobsOf(children: readonly ChildSpec[]): readonly Wanted[] {
  return children.flatMap((child) =>
    'job' in child ? [{ ...child.job, kind: String(child.job.kind) }] : jobsOf(child.supervisor.children),
  );
}
