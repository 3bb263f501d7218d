export interface TextFile {
  readonly name: string;
  readonly text: string;
}

export const maxLines = 400;
export const maxMedianLines = 80;

// Spelt so that this file does not contain what it forbids.
const forbidden: readonly (readonly [RegExp, string])[] = [
  [/(?<![\w.])\/work\/(?:main|shared|\.)/, 'a path of one machine'],
  [/(?<![\w.~-])\/root\//, 'a path of one machine'],
  [/(?<![\w.])\/(?:home|Users)\/[a-z][\w-]*\/(?:[\w-]+\/)+/, 'a path of one machine'],
  [/registry\.(?:npmjs|yarnpkg|npmmirror)\.\w+/, 'a registry host'],
  [/\b(?:_auth[T]oken|\/-\/[\w.-]+\.tgz)\b/, 'a registry address'],
];

const doubled = /(?<![\w'’.-])([A-Za-z]{2,})\s+\1(?![\w'’-])/gi;
// Both occur in good English.
const mayDouble = new Set(['that', 'had']);

const commentText = /\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
const codeFence = /^```[\s\S]*?^```/gm;

// Words may not meet across what is blanked out, so it keeps its width and stays in the way.
function blank(part: string): string {
  return part.replace(/\S/g, '.');
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

/** The prose of a file with all else blanked out, so that positions stay. */
function proseOf({ name, text }: TextFile): string {
  if (name.endsWith('.md')) return text.replace(codeFence, blank).replace(/`[^`\n]*`/g, blank);
  if (!/\.[cm]?[jt]sx?$/.test(name)) return '';
  let prose = '';
  let end = 0;
  for (const match of text.matchAll(commentText)) {
    prose +=
      blank(text.slice(end, match.index)) +
      match[0].replace(/^[ \t]*(?:\/\/|\*)/gm, (marker) => ' '.repeat(marker.length));
    end = match.index + match[0].length;
  }
  return prose;
}

export function textProblems(file: TextFile): string[] {
  const problems = file.text
    .split('\n')
    .flatMap((line, index) =>
      forbidden
        .filter(([pattern]) => pattern.test(line))
        .map(([, what]) => `${file.name}:${index + 1}: contains ${what}`),
    );
  const prose = proseOf(file);
  for (const match of prose.matchAll(doubled)) {
    const word = match[1] ?? '';
    if (mayDouble.has(word.toLowerCase())) continue;
    problems.push(`${file.name}:${lineAt(prose, match.index)}: says '${word} ${word}'`);
  }
  return problems;
}

function countLines(text: string): number {
  return text === '' ? 0 : text.replace(/\n$/, '').split('\n').length;
}

/** Files past the end of the allowed length, and a median that shows files growing on the whole. */
export function sizeProblems(files: readonly TextFile[]): string[] {
  const long = files
    .map(({ name, text }) => ({ name, lines: countLines(text) }))
    .filter(({ lines }) => lines > maxLines)
    .map(({ name, lines }) => `${name}: has ${lines} lines, ${maxLines} is the end`);
  const sizes = files
    .filter(({ name }) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map(({ text }) => countLines(text))
    .sort((left, right) => left - right);
  const median = sizes[Math.floor(sizes.length / 2)] ?? 0;
  return median > maxMedianLines
    ? [...long, `source files have a median of ${median} lines, above ${maxMedianLines}`]
    : long;
}
