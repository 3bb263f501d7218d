// A kind whose handler runs in a worker elsewhere, behind a network that loses, doubles and delays what is said, and so reorders it.
// Workers die, fall silent, answer late, twice, or under a lease that is not theirs.

import { KernelError } from '@tksm/abstractions';
import type { AnyKind, TaskContext, Timers } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import { Dice } from './dice.ts';
import type { RunWatch } from './kinds.ts';
import type { WorkerWay } from './worker-ways.ts';

interface RemoteWork {
  readonly ms: number;
  readonly way: WorkerWay;
}

/** What a worker says. */
type Said = { readonly beat: true } | { readonly result: number };

const BEAT_MS = 1_000;
/** Nothing heard for so long: the worker is lost. */
const LOST_MS = 4_000;
/** Longest silence that the kernel takes. */
const SILENCE_MS = 6_000;
const TIMEOUT_MS = 20_000;
/** A late answer comes when its lease is over. */
const LATE_MS = 30_000;
const MOST_DELAY_MS = 1_500;

export function remoteKind(watch: RunWatch, timers: Timers): AnyKind {
  return defineKind<RemoteWork, string>({
    name: 'remote',
    timeoutMs: TIMEOUT_MS,
    heartbeatMs: SILENCE_MS,
    run: (work, context) => {
      watch.started(context);
      return bridge(work, context, { watch, timers }).then((output) => {
        watch.returned(context);
        return output;
      });
    },
  }) as unknown as AnyKind;
}

interface Surroundings {
  readonly watch: RunWatch;
  readonly timers: Timers;
}

/** The kernel's side: takes what it hears under its own lease, once. */
function bridge(
  { ms, way }: RemoteWork,
  context: TaskContext,
  { watch, timers }: Surroundings,
): Promise<string> {
  const { job, lease } = context;
  const dice = new Dice(`network ${job.id} ${lease.epoch}`);
  let isAnswered = false;
  let isOver = false;
  lease.assign(`remote-${dice.below(3)}`);
  lease.onEnd(() => (isOver = true));
  return new Promise((resolve, reject) => {
    let lost = timers.after(LOST_MS, giveUp);
    function giveUp(): void {
      if (isAnswered || isOver || way === 'stalls') return;
      isAnswered = true;
      reject(new KernelError('WorkerLost', 'nothing is heard of the worker'));
    }
    const hear = (said: Said): void => {
      if (isOver || isAnswered || ('result' in said && said.result !== lease.epoch)) {
        if ('result' in said) lease.reject('succeeded', said.result);
        return;
      }
      lost.cancel();
      lost = timers.after(LOST_MS, giveUp);
      context.heartbeat();
      if (!('result' in said)) return;
      isAnswered = true;
      resolve(`${job.id} ${lease.epoch}`);
    };
    if (way !== 'well') watch.met(`worker-${way}`);
    const say = (said: Said): void => {
      transmit(dice, { watch, timers }, () => {
        hear(said);
      });
    };
    worker({ ms, way }, lease.epoch, say, timers);
  });
}

/** The worker's side. */
function worker({ ms, way }: RemoteWork, epoch: number, say: (said: Said) => void, timers: Timers): void {
  const beats = way === 'stalls' ? 0 : Math.floor((way === 'dies' ? ms / 2 : ms) / BEAT_MS);
  for (let beat = 1; beat <= beats; beat++) timers.after(beat * BEAT_MS, () => say({ beat: true }));
  if (way === 'dies' || way === 'stalls') return;
  if (way === 'lies') timers.after(Math.floor(ms / 2), () => say({ result: epoch + 1 }));
  for (let times = way === 'twice' ? 2 : 1; times > 0; times--)
    timers.after(way === 'late' ? LATE_MS + ms : ms, () => say({ result: epoch }));
}

function transmit(dice: Dice, { watch, timers }: Surroundings, arrive: () => void): void {
  if (dice.chance(0.1)) {
    watch.met('message-lost');
    return;
  }
  const isDoubled = dice.chance(0.1);
  if (isDoubled) watch.met('message-doubled');
  for (let copies = isDoubled ? 2 : 1; copies > 0; copies--) {
    const delay = dice.chance(0.3) ? dice.below(MOST_DELAY_MS) : 0;
    if (delay > 0) watch.met('message-delayed');
    timers.after(delay, arrive);
  }
}
