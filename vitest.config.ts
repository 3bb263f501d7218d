import { existsSync } from 'node:fs';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

// CI counts the tests from this file.
const reportFile = process.env['TKSM_TEST_REPORT'];
const jsonReport: ['json', { outputFile: string }][] = reportFile
  ? [['json', { outputFile: reportFile }]]
  : [];

// Workspaces that tests make around this file have no properties to seed.
const setup = path.join(import.meta.dirname, 'vitest-setup.ts');

export default defineConfig({
  test: {
    include: ['{packages,tools,samples}/**/{src,test}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    passWithNoTests: true,
    // For a busy machine: no test is allowed to take as long on one that is not.
    testTimeout: 60_000,
    // Many tests wait for processes of their own: two files at a time keep two cores busy.
    maxWorkers: 2,
    setupFiles: existsSync(setup) ? [setup] : [],
    reporters: ['default', ...jsonReport],
  },
});
