import { toStored, VALUE_LIMITS } from '@tksm/abstractions';
import type { CapturedOutput, OutputText } from './captured-output.ts';

/** Left of an inline payload for the other fields of a result, in bytes of JSON. */
const RESERVED_BYTES = 4_096;
/** What both streams may take together in a result, in bytes of JSON. */
export const RESULT_BYTES = VALUE_LIMITS.maxInlineBytes - RESERVED_BYTES;

interface FittedOutput {
  readonly stdout: OutputText;
  readonly stderr: OutputText;
  readonly truncated: boolean;
}

/** Renders both streams so that together they take at most `budget` bytes of JSON. */
export function fittedOutput(stdout: CapturedOutput, stderr: CapturedOutput, budget: number): FittedOutput {
  const half = Math.floor(budget / 2);
  const out = fitted(stdout, Math.max(half, budget - jsonBytes(stderr.render().text)));
  const err = fitted(stderr, budget - jsonBytes(out.text));
  return { stdout: out.text, stderr: err.text, truncated: out.truncated || err.truncated };
}

function fitted(output: CapturedOutput, budget: number): ReturnType<CapturedOutput['render']> {
  let limit = output.limit;
  for (;;) {
    const rendered = output.render(limit);
    const bytes = jsonBytes(rendered.text);
    if (bytes <= budget || limit === 0) return rendered;
    // Escapes are spread unevenly, so the first guess may miss; each is at least a tenth smaller.
    limit = Math.floor(Math.min(limit, output.total) * Math.min(0.9, budget / bytes));
  }
}

function jsonBytes(text: OutputText): number {
  return Buffer.byteLength(JSON.stringify(toStored(text)));
}
