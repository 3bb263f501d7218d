// Mistakes that a kernel could make. None is in shipped code: a few words of the built core are replaced while it is loaded, and
// the run shows whether it would be seen.

import { registerHooks } from 'node:module';

interface Replacement {
  /** Where in the built core. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const DISPATCHER = 'scheduler/dispatcher.js';
const POOLS = 'scheduler/pools/pools.js';

const REPLACEMENTS = {
  // Whatever a handler comes back with counts, whoever holds the lease by then.
  'drop-epoch-check': [
    { file: 'jobs/local-worker.js', from: 'if (job.lease?.epoch !== attempt.epoch) {', to: 'if (false) {' },
  ],
  // Slots in use are a number beside the jobs that hold a lease: it goes down whenever a job ends, with a lease or without.
  'separate-slots': [
    {
      file: DISPATCHER,
      from: 'this.running.set(job.id, job);',
      to: '$&; this.running.taken = taken(this) + 1;',
    },
    {
      file: DISPATCHER,
      from: 'if (this.running.delete(job.id))',
      to: 'this.running.taken = Math.max(0, taken(this) - 1);\n$&',
    },
    {
      file: DISPATCHER,
      from: 'export class Dispatcher',
      to: 'const taken = (it) => it.running.taken ?? 0;\n$&',
    },
    { file: POOLS, from: 'this.#running.size', to: '(this.#running.taken ?? 0)' },
  ],
  // After a restart an open breaker holds nothing back.
  'forget-breaker': [{ file: 'breakers/breakers.js', from: 'this.#follow(name, home.state.time);', to: ';' }],
  // An origin that has the turn keeps it for as long as it has jobs.
  'forget-origins': [
    { file: 'scheduler/policies/origin-ring.js', from: 'this.#current = turn.next;', to: ';' },
  ],
  // Nobody is told when the next token comes.
  'forget-tokens': [{ file: 'admission/rate-gate.js', from: 'this.#home.expect(key,', to: 'void (key,' }],
} as const satisfies Readonly<Record<string, readonly Replacement[]>>;

export type KernelBug = keyof typeof REPLACEMENTS;

export const KERNEL_BUGS = Object.keys(REPLACEMENTS) as KernelBug[];

/** Plants a mistake in the core that is loaded from here on. */
export function plantInKernel(bug: KernelBug): void {
  const replacements: readonly Replacement[] = REPLACEMENTS[bug];
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      const here = replacements.filter(({ file }) => url.endsWith(`/core/dist/${file}`));
      if (here.length === 0) return loaded;
      let text = Buffer.from((loaded.source ?? '') as Uint8Array).toString();
      for (const { file, from, to } of here) {
        if (!text.includes(from)) throw new Error(`${bug}: ${file} does not say "${from}" any more`);
        text = text.replaceAll(from, to);
      }
      return { ...loaded, source: text };
    },
  });
}
