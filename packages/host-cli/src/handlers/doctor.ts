import { examineFolder, examineNode } from '../zone/examine.ts';
import type { Finding } from '../zone/examine.ts';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import type { Output } from '../terminal/output.ts';
import { printTable } from '../terminal/table.ts';
import { configurationOf } from '../zone/configuration.ts';
import { repair } from './doctor-repair.ts';
import { originText } from '@tksm/hosting';

export const doctor: Handler = async (call) => {
  const { output, flags } = call;
  if (flags.on('repair')) return repair(call);
  const { settings, files } = await configurationOf(call);
  const { value: dir, origin } = settings.dataDir;
  const findings: Finding[] = [
    ...examineNode(process.versions.node),
    {
      name: 'configuration',
      status: 'ok',
      detail: `data folder from ${originText(origin)}; files: ${files.join(', ') || 'none'}`,
    },
    ...(await examineFolder(dir)),
  ];
  const exitCode = findings.find((finding) => finding.exitCode !== undefined)?.exitCode ?? EXIT.ok;
  if (output.settings.json) output.document({ dir, findings, exitCode });
  else printFindings(output, findings);
  return exitCode;
};

function printFindings(output: Output, findings: readonly Finding[]): void {
  const marks = { ok: '✓', warning: '!', problem: '✗' };
  printTable<Finding>(
    output,
    [
      {
        title: '',
        text: ({ status }) => marks[status],
        plain: ({ status }) => status,
        paint: ({ status }, { green, yellow, red }) => ({ ok: green, warning: yellow, problem: red })[status],
      },
      { title: 'CHECK', text: ({ name }) => name },
      { title: 'FOUND', text: ({ detail }) => detail },
    ],
    findings,
  );
  for (const { name, next } of findings) {
    if (next !== undefined) output.notice(`  ${output.errStyle.dim(`${name}, try:`)} ${next}`);
  }
}
