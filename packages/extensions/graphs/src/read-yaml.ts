import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, Node, Pair } from 'yaml';
import type { Located } from './located.ts';
import type { Source } from './source.ts';

/** Bounds of a file. Aliases count as often as they are used, so that a small file cannot unfold into a large one. */
export const YAML_LIMITS = Object.freeze({ maxCharacters: 1_048_576, maxNodes: 50_000, maxDepth: 48 });

/** A text that is a path, relative to the folder of its file. */
const pathTag = { tag: '!path', resolve: (text: string) => text };

/**
 * Reads one YAML 1.2 document: JSON's values and `!path`.
 *
 * @throws KernelError `InvalidInput`, `DuplicateId` for a repeated key, `PayloadTooLarge`
 */
export function readYaml(text: string, source: Source): Located {
  const { maxCharacters } = YAML_LIMITS;
  if (text.length > maxCharacters) {
    throw source.problem(1, `the file has more than ${maxCharacters} characters`, 'PayloadTooLarge');
  }
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    customTags: [pathTag],
    merge: false,
    prettyErrors: false,
  });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    const code = problem.code === 'DUPLICATE_KEY' ? 'DuplicateId' : 'InvalidInput';
    throw source.problem(lines.linePos(problem.pos[0]).line, problem.message, code);
  }
  if (document.contents === null) throw source.problem(1, 'the file is empty');
  return new Reader(document, lines, source).read(document.contents, 0);
}

class Reader {
  readonly #document: Document;
  readonly #lines: LineCounter;
  readonly #source: Source;
  #nodes = 0;

  constructor(document: Document, lines: LineCounter, source: Source) {
    this.#document = document;
    this.#lines = lines;
    this.#source = source;
  }

  read(node: Node, depth: number): Located {
    const line = this.#lineOf(node);
    this.#nodes += 1;
    if (this.#nodes > YAML_LIMITS.maxNodes) {
      throw this.#source.problem(
        line,
        `more than ${YAML_LIMITS.maxNodes} values, aliases unfolded`,
        'PayloadTooLarge',
      );
    }
    if (depth > YAML_LIMITS.maxDepth)
      throw this.#source.problem(line, 'nested too deeply, or an alias inside itself');
    if (isAlias(node)) {
      const target = node.resolve(this.#document);
      if (target === undefined) throw this.#source.problem(line, `there is no anchor ${node.source}`);
      return this.read(target, depth + 1);
    }
    if (isSeq<Node | null>(node)) {
      return { is: 'list', line, items: node.items.map((item) => this.#readItem(item, line, depth + 1)) };
    }
    if (isMap<Node, Node | null>(node))
      return { is: 'map', line, entries: this.#readEntries(node.items, line, depth) };
    if (!isScalar(node)) throw this.#source.problem(line, 'this is no value');
    const { value } = node;
    if (node.tag === pathTag.tag && typeof value === 'string') return { is: 'path', line, text: value };
    return { is: 'scalar', line, value: this.#scalar(value, line) };
  }

  #readItem(item: Node | null, line: number, depth: number): Located {
    return item === null ? { is: 'scalar', line, value: null } : this.read(item, depth);
  }

  #readEntries(pairs: readonly Pair<Node, Node | null>[], line: number, depth: number): Map<string, Located> {
    const entries = new Map<string, Located>();
    for (const { key, value } of pairs) {
      const at = this.#lineOf(key, line);
      const name = isScalar(key) ? key.value : undefined;
      if (typeof name !== 'string') throw this.#source.problem(at, 'a key is a text');
      if (name === '__proto__') throw this.#source.problem(at, 'the key __proto__ is not allowed');
      entries.set(name, this.#readItem(value, at, depth + 1));
    }
    return entries;
  }

  #scalar(value: unknown, line: number): null | boolean | number | string {
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'string') {
      if (!value.isWellFormed()) throw this.#source.problem(line, 'a text has a lone surrogate');
      return value;
    }
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw this.#source.problem(line, `${String(value)} is no value of JSON`);
    }
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      throw this.#source.problem(line, `${value} has more digits than a number keeps; write it as a text`);
    }
    return value;
  }

  #lineOf(node: Node, fallback = 1): number {
    const start = node.range?.[0];
    return start === undefined ? fallback : this.#lines.linePos(start).line;
  }
}
