import { describe, expect, it } from 'vitest';
import { draftOf } from './drafts.ts';
import type { WithLog } from './fixture.ts';
import { expectFrames, LogModel, readAll } from './log-model.ts';

export function readTests(withLog: WithLog): void {
  describe('read', () => {
    it(
      'gives nothing from an empty log',
      withLog(async ({ log }) => {
        await new LogModel().check(log);
        expect(await readAll(log, 1)).toEqual([]);
      }),
    );
    it(
      'starts with the frame that holds the position, also in its middle',
      withLog(async ({ log }) => {
        const model = new LogModel();
        for (const count of [1, 4, 2, 1, 7]) await model.commit(log, draftOf(count));
        for (let from = 0; from <= model.head.position + 2; from++) {
          expectFrames(await readAll(log, from), model.from(from));
        }
      }),
    );
    it(
      'ends at the head of the time of the call, whatever is appended meanwhile',
      withLog(async ({ log }) => {
        const model = new LogModel();
        for (let i = 0; i < 3; i++) await model.commit(log, draftOf(2));
        const before = [...model.frames];
        const seen = [];
        for await (const frame of log.read()) {
          seen.push(frame);
          // A read that follows the head would never end.
          if (seen.length > before.length) break;
          await model.commit(log, draftOf(1));
        }
        expectFrames(seen, before);
        await model.check(log);
      }),
    );
    it(
      'can be left early and go on side by side',
      withLog(async ({ log }) => {
        const model = new LogModel();
        for (let i = 0; i < 5; i++) await model.commit(log, draftOf(2));
        for await (const frame of log.read({ from: 3 })) {
          expectFrames([frame], model.from(3).slice(0, 1));
          break;
        }
        const reads = await Promise.all([readAll(log), readAll(log, 5), readAll(log)]);
        expectFrames(reads[0], model.frames);
        expectFrames(reads[1], model.from(5));
        expectFrames(reads[2], model.frames);
        await model.commit(log, draftOf(1));
        await model.check(log);
      }),
    );
  });
}
