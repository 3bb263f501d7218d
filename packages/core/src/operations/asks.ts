import { jobId } from '@tksm/abstractions';
import type { StoredObject } from '@tksm/abstractions';
import { onJob } from '../authority/required-rights.ts';
import type { Asked } from '../authority/required-rights.ts';
import type { RetiredRecords } from '../retention/retired-records.ts';
import type { KernelState } from '../state/kernel-state.ts';
import { textField } from './operation.ts';

/** What is looked at to say what an operation asks for. */
interface AskedZone {
  readonly state: KernelState;
  readonly retired: RetiredRecords;
}

/**
 * What an operation asks for, from its input as it came: judged before anything else is done or told. What it then records
 * is judged once more, event by event.
 */
export type Asks = (input: StoredObject, zone: AskedZone) => readonly Asked[];

/** A right on what a field names. */
export function asksFor(action: string, field: string): Asks {
  return (input) => [{ action, resource: textField(input, field) }];
}

/** A right on the job that the field `job` names: it goes by its kind and id. */
export function asksForJob(action: string): Asks {
  return (input, { state, retired }) => {
    const id = jobId(textField(input, 'job'));
    return [onJob(action, id, (state.jobs.get(id) ?? retired.job(id))?.spec.kind)];
  };
}
