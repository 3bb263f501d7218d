import type { Value } from '@tksm/abstractions';
import type { Invocation } from '../program/invocation.ts';
import { DECIDE_ONLY, withKernel } from '../zone/with-kernel.ts';

/** What a change of variables answers. */
export interface VarsChanged {
  readonly position: number;
  readonly variables: readonly { readonly name: string; readonly etag: string }[];
}

/** Performs an operation on variables, without starting anything that is queued. Undefined when interrupted before. */
export async function changeVars(
  call: Invocation,
  kind: 'var.set' | 'var.delete' | 'var.apply',
  input: Readonly<Record<string, Value>>,
): Promise<VarsChanged | undefined> {
  const receipt = await withKernel(
    call,
    ({ kernel }) => kernel.perform({ kind, input }, kernel.operator),
    DECIDE_ONLY,
  );
  return receipt?.output as VarsChanged | undefined;
}

/** The fields that `--layer`, `--if-etag` and `--if-absent` stand for. */
export function conditions({ flags }: Pick<Invocation, 'flags'>): Readonly<Record<string, Value>> {
  const layer = flags.text('layer');
  const etag = flags.on('if-absent') ? null : flags.text('if-etag');
  return { ...(layer !== undefined && { layer }), ...(etag !== undefined && { ifEtag: etag }) };
}
