import type { LiveText } from '../terminal/live-line.ts';
import { progressLine } from '../terminal/progress-bar.ts';
import type { Style } from '../terminal/style.ts';
import { grouped } from '../terminal/times.ts';
import { RateMeter } from './rate-meter.ts';
import type { RunTracker } from './run-tracker.ts';

/** How a run goes on, as a line. */
export function runProgress(label: string, tracker: RunTracker, style: Style): LiveText {
  const meter = new RateMeter();
  const notes = (): string[] => {
    const { running, failed, cancelled, held, retries } = tracker.counts;
    return [
      running > 0 ? style.cyan(`${running} running`) : '',
      retries > 0 ? style.yellow(`${retries} retried`) : '',
      held > 0 ? style.magenta(`${held} held`) : '',
      failed + cancelled > 0 ? style.red(`${failed + cancelled} failed`) : '',
    ];
  };
  return {
    live: (width) => {
      meter.sample(performance.now(), tracker.settled);
      const { total } = tracker.counts;
      const facts = { label, done: tracker.settled, total, perSecond: meter.perSecond, notes: notes() };
      return progressLine(facts, width, style);
    },
    plain: () => {
      meter.sample(performance.now(), tracker.settled);
      const { total } = tracker.counts;
      const parts = [`${label}: ${grouped(tracker.settled)} of ${grouped(total)} jobs done`];
      if (meter.perSecond > 0) parts.push(`${meter.perSecond.toFixed(1)}/s`);
      return [...parts, ...notes().filter((note) => note !== '')].join(', ');
    },
  };
}
