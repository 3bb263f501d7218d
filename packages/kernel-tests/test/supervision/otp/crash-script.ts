import type { AutoShutdown, ExitReason, RestartStrategy, RestartType } from '@tksm/abstractions';

/** Real milliseconds that Erlang grants a stubborn worker, and virtual ones here. */
export const STUBBORN_MS = 20;

interface ScriptChild {
  readonly id: string;
  readonly restart: RestartType;
  readonly significant?: boolean;
}

/** Stops at once when it is told to, when a step lets it, or never by itself. */
export interface ScriptWorker extends ScriptChild {
  readonly nature: 'quick' | 'slow' | 'stubborn';
}

export interface ScriptFlags {
  readonly strategy: RestartStrategy;
  readonly intensity: number;
  readonly periodS: number;
  readonly autoShutdown: AutoShutdown;
}

export interface ScriptSupervisor extends ScriptChild, ScriptFlags {
  readonly children: readonly ScriptNode[];
}

export type ScriptNode = ScriptWorker | ScriptSupervisor;

/** Workers and supervisors are named by their paths. */
export type ScriptStep =
  | { readonly do: 'exit'; readonly path: string; readonly reason: ExitReason }
  | { readonly do: 'finish'; readonly path: string }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'stop' }
  | { readonly do: 'start'; readonly path: string; readonly child: ScriptWorker }
  | { readonly do: 'terminate' | 'restart' | 'delete'; readonly path: string; readonly id: string };

/** A tree under `top`, and what happens to it. */
export interface CrashScript {
  readonly tree: ScriptSupervisor;
  readonly steps: readonly ScriptStep[];
}

/** The script as a term for `crash-scripts.escript`. */
export function asTerm({ tree, steps }: CrashScript): string {
  return `{{supervisor,"${tree.id}",${flagsOf(tree)},${childrenOf(tree)}},[${steps.map(stepTerm).join(',')}]}.\n`;
}

function stepTerm(step: ScriptStep): string {
  switch (step.do) {
    case 'exit':
      return `{exit,"${step.path}",${step.reason}}`;
    case 'finish':
      return `{finish,"${step.path}"}`;
    case 'wait':
      return `{wait,${step.ms}}`;
    case 'stop':
      return 'stop';
    case 'start':
      return `{start,"${step.path}",${childTerm(step.child)}}`;
    default:
      return `{${step.do},"${step.path}","${step.id}"}`;
  }
}

function childTerm(child: ScriptNode): string {
  const options = `#{restart=>${child.restart},significant=>${child.significant === true}}`;
  if (!('nature' in child))
    return `{supervisor,"${child.id}",${options},${flagsOf(child)},${childrenOf(child)}}`;
  const shutdown = child.nature === 'stubborn' ? STUBBORN_MS : 'infinity';
  return `{worker,"${child.id}",${options},${child.nature},${shutdown}}`;
}

function childrenOf({ children }: ScriptSupervisor): string {
  return `[${children.map(childTerm).join(',')}]`;
}

function flagsOf({ strategy, intensity, periodS, autoShutdown }: ScriptFlags): string {
  const atom = (text: string): string => text.replaceAll('-', '_');
  return `#{strategy=>${atom(strategy)},intensity=>${intensity},period=>${periodS},auto_shutdown=>${atom(autoShutdown)}}`;
}
