import type { Registrar } from '@tksm/abstractions';
import { TOKENS } from '@tksm/abstractions';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder, tickingClock } from '../test/data-folder.ts';
import { composeSegments } from './composition.ts';

it('registers the log and its loop watch', async () => {
  const values = new Map<string, unknown>();
  const registrar: Registrar = {
    value: (token, value) => void values.set(token.name, value),
    singleton: () => undefined,
    add: () => undefined,
  };
  const log = await composeSegments(registrar, { dir: temporaryFolder(), clock: tickingClock() });
  onTestFinished(() => log.close());
  expect(values.get(TOKENS.log.name)).toBe(log);
  expect(values.get(TOKENS.loopWatch.name)).toBe(log.loopWatch);
});
