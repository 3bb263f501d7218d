import { expect, it } from 'vitest';
import { FaultCounts } from '../run/fault-counts.ts';
import type { DiskFaultKind } from './fault.ts';
import { SimDisk } from './sim-disk.ts';

const fault = (kind: DiskFaultKind, chance = 1) => ({ kind, afterCalls: 0, calls: 1, chance });
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

function diskWith(bytes: string) {
  const disk = new SimDisk(new FaultCounts(), () => undefined);
  const file = disk.create('/sim/a');
  disk.write(file, 0, Buffer.from(bytes));
  disk.flush(file);
  disk.flushFolder('/sim');
  return { disk, file };
}

function powerLoss(disk: SimDisk, chance: number): void {
  disk.crash(fault('power-loss', chance));
  expect(() => disk.open('/sim/a')).toThrow('dead');
  disk.revive();
}

it('keeps what was flushed through every power loss, and sometimes what was not', () => {
  const after = new Set<string>();
  for (let chance = 0; chance < 40; chance++) {
    const { disk, file } = diskWith('old');
    disk.write(file, 0, Buffer.from('new'));
    powerLoss(disk, chance);
    after.add(text(disk.read(disk.open('/sim/a'), 0, 3)));
  }
  expect([...after].sort()).toEqual(['new', 'old']);
});

it('keeps everything when only the process dies', () => {
  const { disk, file } = diskWith('old');
  disk.write(file, 0, Buffer.from('new'));
  disk.crash(fault('process-kill'));
  disk.revive();
  expect(text(disk.read(disk.open('/sim/a'), 0, 3))).toBe('new');
});

it('loses names whose folder was not flushed, and gives back the ones before', () => {
  const after = new Set<string>();
  for (let chance = 0; chance < 40; chance++) {
    const { disk } = diskWith('old');
    disk.rename('/sim/a', '/sim/b');
    powerLoss(disk, chance);
    after.add(disk.names().join());
  }
  expect([...after].sort()).toEqual(['/sim/a', '/sim/b']);
});

it('says nothing, at the next flush, of what a failed one has dropped', () => {
  const after = new Set<string>();
  for (let chance = 0; chance < 40; chance++) {
    const { disk, file } = diskWith('old');
    disk.write(file, 0, Buffer.from('new'));
    disk.arm(fault('flush-error', chance));
    expect(() => {
      disk.flush(file);
    }).toThrow('EIO');
    disk.flush(file);
    expect(text(disk.read(file, 0, 3))).toBe('new');
    powerLoss(disk, chance);
    after.add(text(disk.read(disk.open('/sim/a'), 0, 3)));
  }
  expect([...after].sort()).toEqual(['new', 'old']);
});
