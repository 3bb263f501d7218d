import { defineConfig } from 'vitest/config';

// CI counts the tests from this file.
const reportFile = process.env['TKSM_TEST_REPORT'];

export default defineConfig({
  test: {
    include: ['{packages,tools,samples}/**/{src,test}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    passWithNoTests: true,
    reporters: ['default', ...(reportFile ? [['json', { outputFile: reportFile }] as const] : [])],
  },
});
