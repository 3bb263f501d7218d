import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{packages,tools,samples}/**/{src,test}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    passWithNoTests: true,
  },
});
