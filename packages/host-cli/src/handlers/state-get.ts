import { KernelError } from '@tksm/abstractions';
import type { WorldEntry } from '@tksm/abstractions';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { printTable } from '../terminal/table.ts';
import { dataFolder } from '../zone/configuration.ts';
import { look } from '../zone/look.ts';

export const stateGet: Handler = async (call) => {
  const { args, flags, output } = call;
  const { state } = await look(await dataFolder(call), flags.text('at'));
  const key = args[0] ?? '';
  const world = state.world();
  if (flags.on('prefix')) {
    const entries = [...world.scan({ prefix: key })];
    if (output.settings.json) {
      output.document({ entries: entries.map(([name, entry]) => ({ key: name, ...entry })) });
      return EXIT.ok;
    }
    printTable<readonly [string, WorldEntry]>(
      output,
      [
        { title: 'KEY', text: ([name]) => name, shrinks: true },
        { title: 'VERSION', text: ([, { version }]) => String(version), align: 'right' },
        { title: 'POSITION', text: ([, { position }]) => String(position), align: 'right' },
        { title: 'VALUE', text: ([, { value }]) => JSON.stringify(value), shrinks: true },
      ],
      entries,
    );
    return EXIT.ok;
  }
  const entry = world.get(key);
  if (entry === undefined) {
    throw new KernelError('VarNotFound', `the world has no key ${key}`, {
      data: { key },
      next: `tksm state get ${key.slice(0, key.indexOf('/') + 1) || '""'} --prefix`,
    });
  }
  if (output.settings.json) output.document({ key, ...entry });
  else output.line(JSON.stringify(entry.value, undefined, 2));
  return EXIT.ok;
};
