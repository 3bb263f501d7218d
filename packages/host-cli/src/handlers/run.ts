import { KernelError } from '@tksm/abstractions';
import type { Kernel, StateReader } from '@tksm/abstractions';
import { compileGraph, loadGraph } from '@tksm/extensions-graphs';
import type { CompiledGraph } from '@tksm/extensions-graphs';
import path from 'node:path';
import type { Handler, Invocation } from '../program/invocation.ts';
import { driveRun } from '../runs/drive-run.ts';
import { generationId, latestGeneration } from '../runs/generation.ts';
import { previewRun } from '../runs/preview-run.ts';
import { reportRun } from '../runs/report-run.ts';
import type { RunReport } from '../runs/report-run.ts';
import { runProgress } from '../runs/run-progress.ts';
import type { RunSummary } from '../runs/run-summary.ts';
import { summaryOf } from '../runs/run-summary.ts';
import { withAdvice } from '../runs/too-old.ts';
import { RunTracker } from '../runs/run-tracker.ts';
import { LiveLine } from '../terminal/live-line.ts';
import { dataFolder } from '../zone/configuration.ts';
import { lookIfThere } from '../zone/look.ts';
import { withZone } from '../zone/with-zone.ts';
import type { ZoneUse } from '../zone/with-zone.ts';

export const run: Handler = async (call) => {
  const { args, flags, output } = call;
  const [file = '.'] = args;
  const graph = await loadGraph(file);
  const folder = path.dirname(path.resolve(graph.source));
  const compiled = compileGraph(graph, inputsOf(flags.list('input')), { folder });
  const before = (await lookIfThere(await dataFolder(call)))?.state;
  if (flags.on('dry-run')) return previewRun(output, compiled, before, flags.on('again'));
  if (before !== undefined && !flags.on('again')) {
    const done = finished(before, compiled);
    if (done !== undefined) {
      return reportRun(output, {
        ...done,
        name: compiled.name,
        wasDone: true,
        resumed: false,
        seconds: 0,
      });
    }
  }
  return await runNow(call, compiled);
};

/** @throws KernelError `UsageError` for what is not KEY=VALUE */
function inputsOf(given: readonly string[]): Record<string, string> {
  const inputs: [string, string][] = given.map((text) => {
    const at = text.indexOf('=');
    if (at < 1) throw new KernelError('UsageError', `--input takes KEY=VALUE, not ${JSON.stringify(text)}`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
  return Object.fromEntries(inputs);
}

/** The newest generation of a run when it has ended: then there is nothing to open the kernel for. */
function finished(
  state: StateReader,
  { run: base, commands }: CompiledGraph,
): (RunSummary & { run: string }) | undefined {
  const latest = latestGeneration(state, base);
  if (latest === 0) return undefined;
  const id = generationId(base, latest);
  const summary = summaryOf(state, id, commands.length);
  if (summary === undefined || summary.status === 'unfinished' || summary.status === 'held') return undefined;
  return summary.counts.total < commands.length ? undefined : { ...summary, run: id };
}

/** A run that this command has begun or resumed. */
interface Driven {
  readonly use: ZoneUse;
  readonly id: string;
  readonly resumed: boolean;
  readonly retries: () => number;
  /** How it stood when it had ended; undefined when it was interrupted. */
  ended?: RunSummary | undefined;
}

async function runNow(call: Invocation, compiled: CompiledGraph): Promise<number> {
  const startedAt = performance.now();
  let used: Driven | undefined;
  const work = async (use: ZoneUse): Promise<boolean> => {
    const latest = await use.read((state) => latestGeneration(state, compiled.run));
    const anew = latest === 0 || call.flags.on('again');
    const id = generationId(compiled.run, anew ? latest + 1 : latest);
    const tracker = new RunTracker(id);
    used = { use, id, resumed: !anew, retries: () => tracker.counts.retries };
    used.ended = await drive(call, compiled, used, tracker);
    return true;
  };
  await withZone(call, work).catch((error: unknown) => {
    throw withAdvice(error, compiled.name);
  });
  if (used === undefined) return reportInterrupted(call);
  return await report(call, compiled, { ...used, startedAt });
}

async function drive(
  { output }: Invocation,
  { name, commands }: CompiledGraph,
  { use, id, resumed }: Driven,
  tracker: RunTracker,
): Promise<RunSummary | undefined> {
  const by = use.holder === undefined ? '' : `; ${use.holder} runs this folder`;
  output.notice(`${resumed ? 'resuming' : 'running'} ${name} (${id})${by}`);
  const line = new LiveLine(output, runProgress(name, tracker, output.errStyle));
  try {
    await driveRun(use, id, commands, tracker);
    // A kernel that has stopped knows no retired jobs.
    if (use.signal.aborted) return undefined;
    const ended = await use.read((state) => summaryOf(state, id, commands.length));
    // Of a run that began here the tracker has seen every job, also those that have retired since.
    return !resumed && ended !== undefined ? { ...ended, counts: tracker.counts, isPartial: false } : ended;
  } finally {
    line.end();
  }
}

/** Interrupted before anything was begun. */
function reportInterrupted({ output }: Invocation): number {
  output.notice('interrupted before the run began');
  return 1;
}

async function report(
  { output, interruption }: Invocation,
  { name, commands }: CompiledGraph,
  used: Driven & { readonly startedAt: number },
): Promise<number> {
  const { use, id, resumed, startedAt } = used;
  const { kernel, read } = use;
  const { summary, digest } = await read((state) => ({
    summary: used.ended ?? summaryOf(state, id, commands.length),
    digest: output.settings.json ? state.digest() : undefined,
  }));
  if (summary === undefined) return reportInterrupted({ output } as Invocation);
  const isInterrupted = interruption.signal.aborted && summary.status === 'unfinished';
  return reportRun(output, {
    ...summary,
    ...(isInterrupted && { status: 'interrupted' as const }),
    counts: { ...summary.counts, retries: used.retries() },
    ...{ name, run: id, wasDone: false, resumed },
    seconds: (performance.now() - startedAt) / 1_000,
    ...(kernel !== undefined && costOf(kernel)),
    ...(digest !== undefined && { digest }),
  });
}

/** What the log of this process has, and what it cost. */
function costOf({ log }: Kernel): Pick<RunReport, 'events' | 'frames' | 'flushes'> {
  const { frames, flushes } = log.statistics;
  return { events: log.head.position, frames, flushes };
}
