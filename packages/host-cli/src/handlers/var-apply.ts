import { KernelError, VAR_LAYERS } from '@tksm/abstractions';
import type { Value, VarApply, VarChange, VarStore } from '@tksm/abstractions';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { printTable } from '../terminal/table.ts';
import { changeVars } from '../vars/change-vars.ts';
import { parseJson, readSource } from '../vars/read-value.ts';
import { valueText } from '../vars/var-text.ts';
import { dataFolder } from '../zone/configuration.ts';
import { lookIfThere } from '../zone/look.ts';

export const varApply: Handler = async (call) => {
  const { args, flags, output } = call;
  const [file = '-'] = args;
  const input = asApply(parseJson(await readSource(file), file === '-' ? 'stdin' : file));
  if (flags.on('dry-run')) {
    const vars = (await lookIfThere(await dataFolder(call)))?.state.vars;
    const rows = input.changes.map((change) => preview(change, input, vars));
    if (output.settings.json) output.document({ dryRun: true, changes: rows });
    else {
      printTable(
        output,
        [
          { title: 'NAME', text: ({ name }) => name },
          { title: 'BEFORE', text: ({ before }) => before ?? '-' },
          { title: 'AFTER', text: ({ after }) => after ?? '-' },
        ],
        rows,
      );
    }
    return EXIT.ok;
  }
  const changed = await changeVars(call, 'var.apply', input as unknown as Readonly<Record<string, Value>>);
  if (changed === undefined) return EXIT.failed;
  if (output.settings.json) output.document(changed);
  else
    output.notice(
      `changed ${changed.variables.length} variables in one event (position ${changed.position})`,
    );
  return EXIT.ok;
};

/** Checks the outline; the kernel checks the rest. @throws KernelError `InvalidInput` */
function asApply(value: unknown): VarApply {
  const { changes, layer } = (value ?? {}) as { readonly changes?: unknown; readonly layer?: unknown };
  const isChange = (change: unknown): boolean =>
    typeof change === 'object' &&
    change !== null &&
    'op' in change &&
    'name' in change &&
    typeof change.name === 'string';
  if (!Array.isArray(changes) || !changes.every(isChange)) {
    throw new KernelError('InvalidInput', 'the file is no list of changes', {
      next: 'tksm var apply --help',
    });
  }
  if (layer !== undefined && !VAR_LAYERS.some((known) => known === layer)) {
    throw new KernelError('InvalidInput', `layer is one of ${VAR_LAYERS.join(', ')}`);
  }
  return value as VarApply;
}

function preview(
  change: VarChange,
  { layer = 'runtime' }: VarApply,
  vars: VarStore | undefined,
): { readonly name: string; readonly before: string | null; readonly after: string | null } {
  const before = vars?.get(change.name, layer);
  return {
    name: change.name,
    before: before === undefined ? null : valueText(before.value),
    after: change.op === 'set' ? valueText(change.value) : null,
  };
}
