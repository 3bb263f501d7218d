import { Fields } from './fields.ts';
import type { GraphJob } from './graph.ts';
import { OPTION_NAMES, readOptions } from './read-options.ts';
import type { Located } from './located.ts';
import { referencesIn } from './references.ts';
import type { Source } from './source.ts';

const FIELDS = ['kind', 'input', 'forEach', 'dependsOn', ...OPTION_NAMES];

/** A job of the graph as it stands in the file, with what it depends on and where it says so. */
export interface ReadJob extends GraphJob {
  readonly needs: ReadonlyMap<string, number>;
}

/** @throws KernelError `InvalidInput` */
export function readJob(name: string, value: Located, source: Source): ReadJob {
  const fields = new Fields(value, `the job ${name}`, FIELDS, source);
  const input = fields.get('input');
  const forEach = fields.get('forEach');
  const options = readOptions(fields, source);
  const needs = new Map<string, number>();
  for (const { text, line } of fields.texts('dependsOn')) needs.set(text, line);
  for (const part of [input, forEach]) {
    if (part === undefined) continue;
    for (const { reference, line } of referencesIn(part, source)) {
      const isItem = reference.to === 'item';
      if (isItem && (forEach === undefined || part === forEach)) {
        throw source.problem(line, `\${item} means something in the input of a job with forEach only`);
      }
      if ((reference.to === 'output' || reference.to === 'id') && !needs.has(reference.job))
        needs.set(reference.job, line);
    }
  }
  const kind = fields.requiredText('kind');
  return { name, line: fields.line, kind, input, forEach, dependsOn: [...needs.keys()], options, needs };
}
