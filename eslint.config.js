import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import {
  ambientGlobals,
  ambientImports,
  ambientProperties,
  ambientSyntax,
} from './tools/repo-check/src/lint/ambient.ts';
import { fileName } from './tools/repo-check/src/lint/file-name.ts';
import { reasonedDisable } from './tools/repo-check/src/lint/reasoned-disable.ts';

const configFiles = ['*.config.{js,ts}', '.*.cjs'];
const indexFiles = ['**/index.ts', '**/composition.ts'];
const testFiles = ['**/*.test.ts'];

// Where ambient time and randomness enter the system (an isolate has no kernel to ask), and tests that drive real processes.
const ambientPlaces = [
  'packages/drivers/system/**',
  'packages/host-*/**',
  'packages/drivers/segments/src/**/*writer-thread*.ts',
  'packages/extensions/isolates/src/inside/**',
  'packages/**/*.{int,e2e}.test.ts',
];

const houseSyntax = [
  { selector: 'TSEnumDeclaration', message: 'Use a const object and a union instead of enum.' },
  { selector: 'ExportAllDeclaration', message: 'Name what is exported: no `export *`.' },
];
const noDefault = { selector: 'ExportDefaultDeclaration', message: 'Use named exports.' };
const noReExport = {
  selector: 'ExportNamedDeclaration[source]',
  message: 'Only index.ts and composition.ts re-export.',
};

export default defineConfig(
  {
    ignores: ['**/dist/**', '**/coverage/**', '**/.turbo/**', '**/.tksm/**', '**/node_modules/**', 'tmp/**'],
  },
  {
    files: ['**/*.{ts,tsx,js,cjs,mjs}'],
    extends: [tseslint.configs.strict],
    plugins: { house: { rules: { 'file-name': fileName, 'reasoned-disable': reasonedDisable } } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/naming-convention': [
        'error',
        { selector: 'interface', format: null, custom: { regex: '^I[A-Z]', match: false } },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' },
      ],
      eqeqeq: 'error',
      'house/file-name': 'error',
      'house/reasoned-disable': 'error',
      'max-lines': ['error', { max: 400 }],
      'no-restricted-syntax': ['error', ...houseSyntax, noDefault, noReExport],
    },
  },
  {
    files: ['**/*.{ts,tsx}'],
    // One program for all files: a project per package would parse the shared declarations again for each.
    languageOptions: {
      parserOptions: { project: './tsconfig.tests.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
    },
  },
  {
    files: ['**/*.{ts,tsx,js}'],
    ignores: testFiles,
    rules: { 'max-lines-per-function': ['error', { max: 70 }] },
  },
  { files: indexFiles, rules: { 'no-restricted-syntax': ['error', ...houseSyntax, noDefault] } },
  { files: configFiles, rules: { 'no-restricted-syntax': ['error', ...houseSyntax, noReExport] } },
  {
    files: ['packages/**/*.{ts,tsx}'],
    ignores: ambientPlaces,
    rules: {
      'no-restricted-globals': ['error', ...ambientGlobals],
      'no-restricted-properties': ['error', ...ambientProperties],
      'no-restricted-imports': ['error', { paths: ambientImports }],
      'no-restricted-syntax': ['error', ...houseSyntax, noDefault, noReExport, ...ambientSyntax],
    },
  },
  {
    files: indexFiles.map((file) => `packages/${file}`),
    ignores: ambientPlaces,
    rules: { 'no-restricted-syntax': ['error', ...houseSyntax, noDefault, ...ambientSyntax] },
  },
);
