import { KernelError } from '@tksm/abstractions';
import type { HealthCheck, HealthStatus } from '@tksm/abstractions';
import { healthAt } from '../health/health-at.ts';
import { healthNow } from '../health/health-now.ts';
import { healthUnderToken } from '../health/health-under-token.ts';
import { worstOf } from '../health/health-report.ts';
import type { Handler } from '../program/invocation.ts';
import { healthPaint } from '../projections/show-health.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { printTable } from '../terminal/table.ts';
import { chosenTokenFile } from '../tokens/chosen-token-file.ts';

const EXIT_OF: Readonly<Record<HealthStatus, number>> = {
  ok: EXIT.ok,
  degraded: EXIT.ok,
  failing: EXIT.failed,
};

export const health: Handler = async (call) => {
  const { flags, output } = call;
  const at = flags.text('at');
  const isOwner = chosenTokenFile(call) === undefined;
  if (!isOwner && at !== undefined)
    throw new KernelError(
      'UsageError',
      '--at reads the log, as the owner of the folder: no token is for that',
    );
  const look = at !== undefined ? healthAt(call, at) : isOwner ? healthNow(call) : healthUnderToken(call);
  const { checks, facts } = await look;
  const status = worstOf(checks);
  if (output.settings.json) {
    output.document({ status, ...facts, checks });
    return EXIT_OF[status];
  }
  printTable<HealthCheck>(
    output,
    [
      { title: 'CHECK', text: ({ name }) => name },
      {
        title: 'STATUS',
        text: (check) => check.status,
        paint: (check, style) => healthPaint(check.status, style),
      },
      { title: 'DETAIL', text: ({ detail }) => detail },
    ],
    checks,
  );
  return EXIT_OF[status];
};
