import { KernelError } from '@tksm/abstractions';
import { planRepair, repairSegments } from '@tksm/drivers-segments';
import type { RepairPlan, RepairStep } from '@tksm/drivers-segments';
import { systemClock } from '@tksm/drivers-system';
import type { Handler } from '../program/invocation.ts';
import { confirm } from '../terminal/confirm.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { grouped } from '../terminal/times.ts';
import { setAside, toSetAside } from '../verification/set-aside.ts';
import { verifyFolder } from '../verification/verify-folder.ts';
import { dataFolder } from '../zone/configuration.ts';

/** `tksm doctor --repair`: says what it would do to the log and what is made anew from it, asks, does it, and keeps copies. */
export const repair: Handler = async (call) => {
  const { flags, output } = call;
  const dir = await dataFolder(call);
  const report = await verifyFolder(dir);
  const plan = planRepair(report.log);
  const { lostFrom, steps, isHopeless } = plan;
  const aside = toSetAside(report.faults);
  for (const step of steps) output.complain(lineOf(step));
  for (const name of aside) output.complain(`set aside, to be made anew: ${name}`);
  if (lostFrom !== undefined) {
    output.complain(
      `lost: every event from position ${lostFrom} on. They were, or may have been, acknowledged.`,
    );
  }
  const isAllowed = lostFrom === undefined || flags.on('cut-acknowledged');
  const isWanted = steps.length + aside.length > 0 && isAllowed && !isHopeless && !flags.on('dry-run');
  if (!isWanted) {
    if (output.settings.json) output.document({ dir, ...plan, aside, dryRun: true });
    else if (steps.length + aside.length === 0 && !isHopeless) output.notice('the log needs no repair');
    if (isHopeless || (!isAllowed && !flags.on('dry-run'))) throw refused(plan);
    return EXIT.ok;
  }
  if (!(await confirm(call, `Repair ${dir}?`))) return EXIT.failed;
  const repaired = await repairSegments(dir, {
    clock: systemClock,
    cutAcknowledged: flags.on('cut-acknowledged'),
  });
  const copies =
    aside.length === 0 ? repaired.copies : await setAside(dir, aside, repaired.copies, systemClock);
  if (output.settings.json) output.document({ dir, ...repaired, aside, copies });
  else output.notice(`repaired; what was changed lies in ${copies ?? 'no copy'} as it was`);
  return EXIT.ok;
};

function lineOf({ kind, file, offset, bytes }: RepairStep): string {
  if (kind === 'rebuild') return `make anew: ${file}`;
  if (kind === 'remove') return `remove: ${file} (${grouped(bytes)} bytes)`;
  return `cut: ${file} from byte ${offset} on (${grouped(bytes)} bytes)`;
}

function refused({ lostFrom = 0, why = '', isHopeless }: RepairPlan): KernelError {
  const message = isHopeless
    ? `no repair is possible: ${why}`
    : `the log is damaged at position ${lostFrom}: ${why}; nothing was changed`;
  return new KernelError('LogDamaged', message, {
    data: { position: lostFrom, why },
    next: isHopeless
      ? 'restore the folder from a copy'
      : 'restore the folder from a copy; without one, --cut-acknowledged keeps what comes before the damage',
  });
}
