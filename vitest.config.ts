import { defineConfig } from 'vitest/config';

// CI counts the tests from this file.
const reportFile = process.env['TKSM_TEST_REPORT'];
const jsonReport: ['json', { outputFile: string }][] = reportFile
  ? [['json', { outputFile: reportFile }]]
  : [];

export default defineConfig({
  test: {
    include: ['{packages,tools,samples}/**/{src,test}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    passWithNoTests: true,
    setupFiles: ['./vitest-setup.ts'],
    reporters: ['default', ...jsonReport],
  },
});
