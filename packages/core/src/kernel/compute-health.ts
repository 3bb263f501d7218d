import type { Health, HealthCheck, HealthStatus, KernelPhase } from '@tksm/abstractions';
import { supervisorChecks } from '../supervision/supervisor-checks.ts';
import { failureChecks } from '../breakers/failure-checks.ts';
import { breakerReader, ladderReader } from '../state/failure-readers.ts';
import type { Dispatcher } from '../scheduler/dispatcher.ts';
import type { Engine } from './engine.ts';
import type { ClockDoubt } from './sequencer-clock.ts';

/** What health is computed from. */
export interface HealthInputs {
  readonly phase: KernelPhase;
  readonly engine: Engine;
  /** The last handler that blocked the event loop. */
  readonly blocked: { readonly label: string; readonly ms: number } | undefined;
  readonly doubt: ClockDoubt | undefined;
}

const RANK: readonly HealthStatus[] = ['ok', 'degraded', 'failing'];

const PHASE: Readonly<Record<KernelPhase, HealthStatus>> = {
  booting: 'degraded',
  running: 'ok',
  draining: 'degraded',
  stopped: 'failing',
  failed: 'failing',
};

/** Health of a zone, as of now. */
export function computeHealth({ phase, engine, blocked, doubt }: HealthInputs): Health {
  const { agenda, head } = engine;
  const checks: HealthCheck[] = [
    { name: 'kernel', status: PHASE[phase], detail: phase },
    {
      name: 'log',
      status: engine.abandoned ? 'failing' : 'ok',
      detail: `${head.position} events durable, ${engine.position - head.position} on their way`,
    },
    schedulerCheck(agenda.dispatcher),
    blocked === undefined
      ? { name: 'loop', status: 'ok', detail: 'never blocked' }
      : {
          name: 'loop',
          status: 'degraded',
          detail: `job ${blocked.label} blocked it for ${Math.round(blocked.ms)} ms`,
        },
    clockCheck(doubt),
    ...supervisorChecks(engine.state.supervisors.values()),
    ...failureChecks(breakerReader(engine.state), ladderReader(engine.state), engine.now),
  ];
  const worst = Math.max(...checks.map(({ status }) => RANK.indexOf(status)));
  return { status: RANK[worst] ?? 'failing', checks };
}

function schedulerCheck({ running, ready, fault, paused }: Dispatcher): HealthCheck {
  const detail = [`${running.size} running, ${ready} ready`, ...paused].join('; ');
  if (fault === undefined) return { name: 'scheduler', status: 'ok', detail };
  const why = `${fault.message}; the default policy has taken its place`;
  return { name: 'scheduler', status: 'degraded', detail: `${detail}; ${why}` };
}

function clockCheck(doubt: ClockDoubt | undefined): HealthCheck {
  if (doubt === undefined) return { name: 'clock', status: 'ok', detail: 'as expected' };
  const minutes = Math.round(Math.abs(doubt.aheadMs) / 60_000);
  const detail =
    doubt.leftMs === undefined
      ? `the wall clock is ${minutes} min behind the log, which goes on by elapsed time`
      : `the wall clock jumped ${minutes} min ahead; believed if it lasts ${Math.ceil(doubt.leftMs / 1_000)} s more`;
  return { name: 'clock', status: 'degraded', detail };
}
