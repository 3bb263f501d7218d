import { isKernelError } from '@tksm/abstractions';
import type { ErrorCode, EventType, JobOutcome, RecordedEvent } from '@tksm/abstractions';
import { AuthorityAuditor } from '@tksm/kernel-tests';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scene } from './scene.ts';

/** What is tried, once everything that it needs is there. It rejects, or ends as a job that failed. */
export type Attempt = () => Promise<unknown>;

/** An attack: its name, what prepares it, and the code that it is denied with. */
export type Attack = readonly [
  name: string,
  prepare: (scene: Scene) => Attempt | Promise<Attempt>,
  code: ErrorCode,
];

/** What is granted, and served: else a table would be denied whatever it tries. */
export type Granted = readonly [name: string, act: (scene: Scene) => Promise<JobOutcome>];

/** What a denied attempt may leave in the log. */
const DENIAL: ReadonlySet<EventType> = new Set(['capability.denied', 'capability.expired']);
/** What a job leaves besides whose own submission was allowed. */
const LIFE_OF_A_JOB: ReadonlySet<EventType> = new Set([
  ...['job.submitted', 'job.leased', 'job.attempt-failed', 'job.failed', 'job.returned', 'driver.called'],
] as const as readonly EventType[]);

/**
 * Tries each attack of a table on one kernel. Each is denied with its code; nothing has changed but that the log tells of it;
 * nothing of a token is in what was said. At the end the whole log is judged by the auditor.
 */
export function attackTable(
  title: string,
  open: () => Promise<Scene>,
  tables: Readonly<Record<string, readonly Attack[]>>,
  granted: readonly Granted[] = [],
): void {
  describe(title, () => {
    let scene: Scene;
    beforeAll(async () => {
      scene = await open();
    });
    afterAll(() => scene.close());

    if (granted.length > 0) {
      it.each(granted)('is none when it stays within what is granted: %s', async (_, act) => {
        expect(await act(scene)).toMatchObject({ status: 'succeeded' });
      });
    }

    for (const [name, attacks] of Object.entries(tables)) {
      it.each(attacks)(`${name}: is denied, and does nothing: %s`, async (_, prepare, code) => {
        const attempt = await prepare(scene);
        const [before, past] = [await scene.look(), (await scene.test.events()).length];
        const denial = await denialOf(attempt);
        expect(denial).toMatchObject({ code });
        expect(await scene.look()).toEqual(before);
        const told = (await scene.test.events()).slice(past).map(({ event }) => event.type);
        expect(
          told.filter((type) => !DENIAL.has(type) && !(denial.isOfJob && LIFE_OF_A_JOB.has(type))),
        ).toEqual([]);
        expect(scene.tokens.foundIn(denial.said)).toEqual([]);
      });
    }

    it('leaves a log in which all was allowed, and no word of a token', async () => {
      const events = await scene.test.events();
      expect(audited(events)).toBe(events.length);
      expect(scene.tokens.foundIn(JSON.stringify(events))).toEqual([]);
    });
  });
}

interface Denial {
  readonly code: string;
  /** Whether a job was denied that had been let in. */
  readonly isOfJob: boolean;
  /** All that is told of it. */
  readonly said: string;
}

async function denialOf(attempt: Attempt): Promise<Denial> {
  try {
    const given = (await attempt()) as Partial<JobOutcome> | undefined;
    const error = given?.status === 'failed' && 'error' in given ? given.error : undefined;
    const said = JSON.stringify(error) ?? '';
    return { code: error?.code ?? `succeeded: ${JSON.stringify(given)}`, isOfJob: true, said };
  } catch (error) {
    if (!isKernelError(error)) return { code: String(error), isOfJob: false, said: '' };
    const { code, message, next, cause, stack } = error;
    const said = `${message} ${next} ${JSON.stringify(error)} ${String(cause)} ${stack}`;
    return { code, isOfJob: false, said };
  }
}

function audited(events: readonly RecordedEvent[]): number {
  const auditor = new AuthorityAuditor();
  for (const event of events) auditor.take(event);
  return events.length;
}
