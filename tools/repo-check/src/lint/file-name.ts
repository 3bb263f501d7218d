import path from 'node:path';
import type { Rule } from 'eslint';

const kebabFile =
  /^\.?[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:config|bench|d|test|int\.test|e2e\.test|sim\.test))?\.(?:[cm]?[jt]s|tsx)$/;
const kebabFolder = /^\.?[a-z0-9]+(?:-[a-z0-9]+)*$/;

// A name made of one of these says nothing about what is inside.
const emptyWords = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'misc', 'manager']);

export function fileNameProblem(relativePath: string): string | undefined {
  const segments = relativePath.split('/');
  const file = segments.at(-1) ?? '';
  if (!kebabFile.test(file)) return `'${file}' is not kebab-case`;
  const folder = segments.slice(0, -1).find((segment) => !kebabFolder.test(segment));
  if (folder !== undefined) return `folder '${folder}' is not kebab-case`;
  const empty = segments.flatMap((segment) => segment.split(/[-.]/)).find((word) => emptyWords.has(word));
  if (empty !== undefined) return `'${empty}' says nothing: name the thing inside`;
  return undefined;
}

export const fileName: Rule.RuleModule = {
  meta: { type: 'suggestion', schema: [], messages: { badName: 'File name: {{problem}}.' } },
  create(context) {
    return {
      Program(node) {
        const relativePath = path.relative(context.cwd, context.filename).replaceAll(path.sep, '/');
        const problem = fileNameProblem(relativePath);
        if (problem !== undefined) context.report({ node, messageId: 'badName', data: { problem } });
      },
    };
  },
};
