import type { Value } from '@tksm/abstractions';
import { systemRandom } from '@tksm/drivers-system';
import type { Invocation } from '../program/invocation.ts';
import { DECIDE_ONLY } from '../zone/with-kernel.ts';
import { withZone } from '../zone/with-zone.ts';

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
  const command = { kind, input, id: systemRandom.id() };
  const receipt = await withZone(call, ({ zone }) => zone.perform(command), DECIDE_ONLY);
  return receipt?.output as VarsChanged | undefined;
}

/** The fields that `--layer`, `--if-etag` and `--if-absent` stand for. */
export function conditions({ flags }: Pick<Invocation, 'flags'>): Readonly<Record<string, Value>> {
  const layer = flags.text('layer');
  const etag = flags.on('if-absent') ? null : flags.text('if-etag');
  return { ...(layer !== undefined && { layer }), ...(etag !== undefined && { ifEtag: etag }) };
}
