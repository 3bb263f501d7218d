import { KernelError } from '@tksm/abstractions';
import type { Hash } from '@tksm/abstractions';
import { isErased, subjectHash } from '@tksm/core';
import { openDiskVault } from '@tksm/drivers-disk';
import { systemRandom } from '@tksm/drivers-system';
import type { Handler } from '../program/invocation.ts';
import { confirm } from '../terminal/confirm.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { grouped } from '../terminal/times.ts';
import { dataFolder } from '../zone/configuration.ts';
import { look } from '../zone/look.ts';
import { withZone } from '../zone/with-zone.ts';
import { DECIDE_ONLY } from '../zone/with-kernel.ts';

export const erase: Handler = async (call) => {
  const { args, flags, output } = call;
  const [name = ''] = args;
  const dir = await dataFolder(call);
  const { state } = await look(dir);
  const { subject, values, isBegun } = await keptOf(dir, name);
  const isDone = values === undefined && !isBegun;
  if (isDone && !isErased(state.world(), subject)) throw unknown(subject);
  const facts = { subject, values: values ?? 0, erased: isDone };
  if (isDone) {
    if (output.settings.json) output.document(facts);
    output.notice('nothing is kept of this subject any more: it was erased before');
    return EXIT.ok;
  }
  const what = `${grouped(values ?? 0)} sealed ${values === 1 ? 'value' : 'values'}`;
  if (flags.on('dry-run')) {
    if (output.settings.json) output.document(facts);
    else output.line(`would erase ${what} of subject ${subject}`);
    return EXIT.ok;
  }
  if (!(await confirm(call, `Erase ${what} for ever?`))) return EXIT.failed;
  const command = { kind: 'subject.erase', input: { subject: name }, id: systemRandom.id() };
  const receipt = await withZone(call, ({ zone }) => zone.perform(command), DECIDE_ONLY);
  if (receipt === undefined) return EXIT.failed;
  if (output.settings.json) output.document({ ...facts, erased: true, position: receipt.position });
  else output.notice(`erased ${what}; recorded at position ${receipt.position}`);
  return EXIT.ok;
};

interface Kept {
  readonly subject: Hash;
  /** Sealed values; undefined when there is not even a key. */
  readonly values: number | undefined;
  /** Whether an earlier erasure did not get to its end. */
  readonly isBegun: boolean;
}

/** What a data folder keeps of a subject. Reads only. @throws KernelError `SubjectUnknown` */
async function keptOf(dir: string, name: string): Promise<Kept> {
  const vault = openDiskVault({ dir });
  const secret = await vault.secret();
  if (secret === undefined) throw unknown();
  const subject = subjectHash(secret, name);
  const isBegun = (await vault.erasing()).includes(subject);
  for await (const kept of vault.list()) {
    if (kept.subject === subject) return { subject, values: kept.bodies, isBegun };
  }
  return { subject, values: undefined, isBegun };
}

function unknown(subject?: Hash): KernelError {
  const data = subject === undefined ? {} : { subject };
  return new KernelError('SubjectUnknown', 'nothing is kept of this subject here', { data });
}
