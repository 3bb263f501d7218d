import { KernelError, fromStored, sensitive } from '@tksm/abstractions';
import type { StoredValue } from '@tksm/abstractions';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { changeVars, conditions } from '../vars/change-vars.ts';
import { parseJson, readGiven } from '../vars/read-value.ts';

export const varSet: Handler = async (call) => {
  const { args, flags, output } = call;
  const [name = '', given = ''] = args;
  if (flags.on('if-absent') && flags.has('if-etag')) {
    throw new KernelError('UsageError', '--if-absent and --if-etag exclude each other');
  }
  const text = await readGiven(given);
  const value = flags.on('parse') ? fromStored(parseJson(text, 'the value') as StoredValue) : text;
  const subject = flags.text('subject');
  const kept = subject === undefined ? value : sensitive(value, { subject });
  const changed = await changeVars(call, 'var.set', { name, value: kept, ...conditions(call) });
  if (changed === undefined) return EXIT.failed;
  const etag = changed.variables[0]?.etag ?? '';
  if (output.settings.json) output.document({ name, etag, position: changed.position });
  else output.notice(`set ${name} (etag ${etag})`);
  return EXIT.ok;
};
