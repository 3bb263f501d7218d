import { setTimeout as pause } from 'node:timers/promises';
import { isKernelError } from '@tksm/abstractions';
import type { LogReader } from '@tksm/abstractions';
import { openSegmentsReader } from '@tksm/drivers-segments';
import { LogFacts } from './log-facts.ts';
import { startTksm } from './tksm.ts';
import type { Ended } from './tksm.ts';

/** Between two looks at the log. Short, because a small tree is hashed quickly. */
const LOOK_MS = 3;

export interface FollowedRun {
  /** When to send SIGKILL, told by the log of the running process; never, when absent. */
  readonly killWhen?: (facts: LogFacts) => boolean;
  readonly onFacts?: (facts: LogFacts) => void;
}

/** Runs `tksm` on a data folder and reads its log meanwhile, as any second process may. */
export async function followedRun(
  data: string,
  args: readonly string[],
  { killWhen = () => false, onFacts = () => undefined }: FollowedRun,
): Promise<Ended & { readonly facts: LogFacts }> {
  const { process: child, ended } = startTksm([...args, '--data', data]);
  const facts = new LogFacts();
  let log: LogReader | undefined;
  let isRunning = true;
  void ended.then(() => {
    isRunning = false;
  });
  while (isRunning) {
    log ??= await openedOnceThere(data);
    if (log !== undefined) await facts.readOn(log);
    onFacts(facts);
    if (killWhen(facts)) break;
    await pause(LOOK_MS);
  }
  if (isRunning) child.kill('SIGKILL');
  const end = await ended;
  if (log !== undefined && end.signal === null) await facts.readOn(log);
  await log?.close();
  onFacts(facts);
  return { ...end, facts };
}

async function openedOnceThere(dir: string): Promise<LogReader | undefined> {
  try {
    return await openSegmentsReader({ dir });
  } catch (error) {
    if (isKernelError(error, 'DataFolderMissing')) return undefined;
    throw error;
  }
}
