import type { StoredObject } from '@tksm/abstractions';
import type { OperateAct } from './act.ts';

/** The act of giving an operation of the kernel's own. */
export function operate(operation: string, input: StoredObject): OperateAct {
  return { act: 'operate', operation, input };
}
