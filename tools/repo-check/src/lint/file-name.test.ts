import { describe, expect, it } from 'vitest';
import { fileNameProblem } from './file-name.ts';

describe('fileNameProblem', () => {
  it.each([
    'packages/core/src/event-log.ts',
    'packages/core/test/crash.int.test.ts',
    'vitest.config.ts',
    '.dependency-cruiser.cjs',
    'samples/01-inventory/demo.ts',
  ])('accepts %s', (name) => {
    expect(fileNameProblem(name)).toBeUndefined();
  });

  it.each([
    ['packages/core/src/eventLog.ts', 'not kebab-case'],
    ['packages/core/src/EventLog/index.ts', 'not kebab-case'],
    ['packages/core/src/string-utils.ts', 'says nothing'],
    ['packages/core/src/helpers/index.ts', 'says nothing'],
  ])('rejects %s', (name, problem) => {
    expect(fileNameProblem(name)).toContain(problem);
  });
});
