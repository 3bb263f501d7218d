import { isKernelError } from '@tksm/abstractions';
import type { JobId, KernelEvent } from '@tksm/abstractions';
import { readEvents } from '@tksm/core';
import { Puppets } from '@tksm/kernel-tests';
import { testKernel } from '@tksm/testing';
import type { TestKernel } from '@tksm/testing';
import { STUBBORN_MS } from './crash-script.ts';
import type { CrashScript, ScriptNode, ScriptStep, ScriptSupervisor, ScriptWorker } from './crash-script.ts';

/** What OTP answers where the kernel throws. */
const ANSWER_OF: Readonly<Record<string, string>> = {
  SupervisorNotFound: 'not_found',
  InvalidOperation: 'running',
  DuplicateId: 'exists',
};

/** Runs crash scripts on the kernel, under virtual time, and says what happened in the words of `crash-scripts.escript`. */
export class ScriptRunner {
  readonly #test: TestKernel;
  readonly #puppets: Puppets;
  readonly #natures: Natures;
  readonly #paths = new Map<JobId, string>();
  readonly #running = new Map<string, JobId>();
  /** Workers that were told to stop and have not. */
  readonly #told = new Set<string>();
  /** Workers that a step ends, and how. */
  readonly #ended = new Map<JobId, string>();
  #position = 0;
  #parted = false;

  private constructor(test: TestKernel, puppets: Puppets, natures: Natures) {
    this.#test = test;
    this.#puppets = puppets;
    this.#natures = natures;
  }

  /**
   * What the start and each step led to. It ends before a step in which a slow worker is stopped in the frame of its start:
   * it never ran, and nobody waits for it, as OTP would (ADR 41). The kernel's replay is verified at the end. With `crashes` the process dies after each step.
   */
  static async run({ tree, steps }: CrashScript, crashes = false): Promise<readonly string[]> {
    const puppets = new Puppets();
    const runner = new ScriptRunner(await testKernel({ kinds: [puppets.kind] }), puppets, naturesIn(tree));
    await runner.#test.perform({
      kind: 'supervisor.start',
      input: { id: tree.id, ...supervisorInput(tree) },
    });
    const fields = [await runner.#settled('')];
    for (const step of steps) {
      const field = await runner.#step(step);
      if (crashes) await runner.#crash();
      if (runner.#parted) break;
      fields.push(field);
    }
    await runner.#test.close();
    return fields;
  }

  async #crash(): Promise<void> {
    await this.#test.restart();
    await this.#test.runUntilIdle();
  }

  async #step(step: ScriptStep): Promise<string> {
    if (step.do === 'exit') return await this.#settled(await this.#exit(step.path, step.reason));
    if (step.do === 'finish') return await this.#settled(this.#finish(step.path));
    if (step.do === 'wait') await this.#test.advance(step.ms);
    if (step.do === 'wait') return await this.#settled('');
    return await this.#settled(this.#told.size > 0 ? 'busy' : await this.#command(step));
  }

  async #exit(path: string, reason: string): Promise<string> {
    const job = this.#running.get(path);
    if (job === undefined || this.#told.has(path)) return 'none';
    this.#ended.set(job, reason);
    if (reason === 'shutdown') {
      await this.#test.perform({ kind: 'job.cancel', input: { job } });
      this.#puppets.letGo(job);
    } else this.#puppets.end(job, reason === 'normal' ? 'normal' : 'abnormal');
    return '';
  }

  #finish(path: string): string {
    const job = this.#running.get(path);
    if (job === undefined || !this.#told.has(path)) return 'none';
    this.#puppets.letGo(job);
    return '';
  }

  async #command(step: Exclude<ScriptStep, { do: 'exit' | 'finish' | 'wait' }>): Promise<string> {
    const supervisor = step.do === 'stop' ? 'top' : step.path;
    if (!(await this.#living()).includes(supervisor)) return 'none';
    if (step.do === 'stop') return await this.#perform('stop', { supervisor }, '');
    const child = step.do === 'start' ? childInput(step.child) : step.id;
    const verb = step.do === 'terminate' ? 'stop' : step.do;
    return await this.#perform(`child.${verb}`, { supervisor, child }, 'ok');
  }

  async #perform(what: string, input: object, done: string): Promise<string> {
    try {
      await this.#test.perform({ kind: `supervisor.${what}`, input });
      return done;
    } catch (error) {
      if (!isKernelError(error)) throw error;
      return ANSWER_OF[error.code] ?? error.code;
    }
  }

  /** What happened since, and who lives. A stubborn worker keeps nobody waiting for more than its time. */
  async #settled(answer: string): Promise<string> {
    await this.#test.runUntilIdle();
    const tokens = answer === '' ? [] : [answer];
    for (let news = await this.#news(); news.length > 0; news = await this.#news()) {
      tokens.push(...news);
      await this.#test.advance(STUBBORN_MS);
    }
    return [...tokens, `@${(await this.#living()).join(',')}`].join(' ');
  }

  async #living(): Promise<readonly string[]> {
    return await this.#test.kernel.read((state) =>
      [...state.supervisors.list()].flatMap(({ id, ended }) => (ended === undefined ? [id] : [])).sort(),
    );
  }

  async #news(): Promise<readonly string[]> {
    const tokens: string[] = [];
    for await (const { position, event } of readEvents(this.#test.log.openAnother(), this.#position)) {
      tokens.push(...this.#tokens(event));
      this.#position = position + 1;
    }
    return tokens;
  }

  #tokens(event: KernelEvent): readonly string[] {
    if (event.type === 'supervisor.started') return [`+${event.supervisor}`];
    if (event.type === 'supervisor.child-started') {
      const path = `${event.supervisor}/${event.child}`;
      if (event.job === undefined) return [];
      this.#paths.set(event.job, path);
      this.#running.set(path, event.job);
      return [`+${path}`];
    }
    if (!('job' in event) || event.job === undefined) return [];
    const path = this.#paths.get(event.job);
    return path === undefined ? [] : this.#workerTokens(event.type, event.job, path);
  }

  #workerTokens(type: KernelEvent['type'], job: JobId, path: string): readonly string[] {
    const reason = this.#ended.get(job);
    if (type === 'job.cancelling' && reason === undefined) {
      this.#told.add(path);
      return [`~${path}`];
    }
    if (type !== 'job.succeeded' && type !== 'job.failed' && type !== 'job.cancelled') return [];
    this.#running.delete(path);
    if (reason !== undefined) return [`!${path}=${reason}`];
    const nature = this.#natures.get(path);
    const wasTold = this.#told.delete(path);
    if (!wasTold && nature === 'slow') this.#parted = true;
    // Erlang kills the stubborn, so that they cannot say that they end.
    return [...(wasTold ? [] : [`~${path}`]), ...(nature === 'stubborn' ? [] : [`-${path}`])];
  }
}

function childInput(child: ScriptNode): object {
  const { id, restart, significant = false } = child;
  if (!('nature' in child)) return { id, restart, significant, supervisor: supervisorInput(child) };
  const shutdownMs = child.nature === 'stubborn' ? STUBBORN_MS : 86_400_000;
  const input = { stubborn: child.nature !== 'quick' };
  return { id, restart, significant, kind: 'puppet', shutdownMs, input };
}

function supervisorInput({ strategy, intensity, periodS, autoShutdown, children }: ScriptSupervisor): object {
  const flags = { strategy, intensity, periodMs: periodS * 1_000, autoShutdown };
  return { ...flags, children: children.map(childInput) };
}

/** How the workers of a tree stop, by their paths. */
type Natures = ReadonlyMap<string, ScriptWorker['nature']>;

function naturesIn(node: ScriptNode, within = ''): Natures {
  const path = within + node.id;
  if ('nature' in node) return new Map([[path, node.nature]]);
  return new Map(node.children.flatMap((child) => [...naturesIn(child, `${path}/`)]));
}
