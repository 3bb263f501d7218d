import type { Variable, VarLayer } from '@tksm/abstractions';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { printTable } from '../terminal/table.ts';
import { valueText, variableDocument } from '../vars/var-text.ts';
import { dataFolder } from '../zone/configuration.ts';
import { look } from '../zone/look.ts';
import { revealedVariable } from '../zone/revealed.ts';

export const varLs: Handler = async (call) => {
  const { args, flags, output } = call;
  const dir = await dataFolder(call);
  const { state } = await look(dir, flags.text('at'));
  const layer = flags.text('layer') as VarLayer | undefined;
  const [prefix] = args;
  const listed = state.vars.list({
    ...(prefix !== undefined && { prefix }),
    ...(layer !== undefined && { layer }),
  });
  const found: Variable[] = [];
  for (const variable of listed) found.push(await revealedVariable(variable, dir, state));
  if (output.settings.json) {
    output.document({ variables: found.map(variableDocument) });
    return EXIT.ok;
  }
  if (found.length === 0) output.notice('no variable matches');
  printTable<Variable>(
    output,
    [
      { title: 'NAME', text: ({ name }) => name, shrinks: true },
      { title: 'LAYER', text: (variable) => variable.layer },
      { title: 'VERSION', text: ({ version }) => String(version), align: 'right' },
      { title: 'ETAG', text: ({ etag }) => etag },
      { title: 'VALUE', text: ({ value }) => valueText(value), shrinks: true },
    ],
    found,
  );
  return EXIT.ok;
};
