import { expect, it } from 'vitest';
import { append, payloadsOf } from '../../test/appending.ts';
import { MemoryDisk } from '../../test/memory-disk.ts';
import { DATA, openOn, VirtualTime } from '../../test/virtual-log.ts';
import { verifySegmentsOn } from '../verify-segments.ts';
import { planRepair } from './plan-repair.ts';
import { repairSegmentsOn } from './repair-segments.ts';

const clock = new VirtualTime();
const payloadOf = (i: number): string => JSON.stringify([i, 'x'.repeat(700)]);

/** A closed log of 20 frames in some segments. */
async function makeDisk(): Promise<{ disk: MemoryDisk; segments: string[] }> {
  const disk = new MemoryDisk();
  const log = await openOn(disk);
  for (let i = 0; i < 20; i++) await append(log, payloadOf(i));
  await log.close();
  return { disk, segments: disk.names.filter((name) => name.endsWith('.seg')) };
}

async function plan(disk: MemoryDisk): Promise<ReturnType<typeof planRepair>> {
  return planRepair(await verifySegmentsOn(disk, DATA));
}

it('does nothing to a whole log', async () => {
  const { disk } = await makeDisk();
  expect(await plan(disk)).toEqual({ steps: [], isHopeless: false });
  expect(await repairSegmentsOn(disk, DATA, { clock })).toMatchObject({ copies: undefined });
});

it('cuts what was not acknowledged, and keeps a copy', async () => {
  const { disk, segments } = await makeDisk();
  const last = segments.at(-1) ?? '';
  const { segments: reports } = await verifySegmentsOn(disk, DATA);
  const end = reports.at(-1)?.framesEnd ?? 0;
  disk.bytesOf(last).fill(7, end, end + 100);
  const steps = [{ kind: 'cut', file: last.slice(DATA.length + 1), offset: end, bytes: 100 }];
  expect(await plan(disk)).toEqual({ steps, isHopeless: false });
  const { copies = '' } = await repairSegmentsOn(disk, DATA, { clock });
  expect(disk.bytesOf(`${copies}/${last.split('/').at(-1) ?? ''}`)[end + 99]).toBe(7);
  expect(await payloadsOf(await openOn(disk))).toHaveLength(20);
});

it('makes anew what can be', async () => {
  const { disk } = await makeDisk();
  disk.bytesOf(`${DATA}/log/HEAD`)[100] = 1;
  disk.remove(`${DATA}/FORMAT`);
  expect((await plan(disk)).steps.map(({ kind, file }) => `${kind} ${file}`)).toEqual([
    'rebuild log/HEAD',
    'rebuild FORMAT',
  ]);
  await repairSegmentsOn(disk, DATA, { clock });
  expect(await verifySegmentsOn(disk, DATA)).toMatchObject({ isWhole: true, rebuildable: [] });
});

it('loses what was acknowledged only when told to, and names the first event that is lost', async () => {
  const { disk, segments } = await makeDisk();
  disk.bytesOf(segments[1] ?? '')[4096 + 1700] = 9;
  const { damage } = await verifySegmentsOn(disk, DATA);
  const before = new Map(disk.names.map((name) => [name, Buffer.from(disk.bytesOf(name))]));
  const refused = { code: 'LogDamaged', data: { position: damage?.position } };
  await expect(repairSegmentsOn(disk, DATA, { clock })).rejects.toMatchObject(refused);
  expect(new Map(disk.names.map((name) => [name, disk.bytesOf(name)]))).toEqual(before);
  const {
    lostFrom = 0,
    copies = '',
    steps,
  } = await repairSegmentsOn(disk, DATA, { clock, cutAcknowledged: true });
  expect(lostFrom).toBe(damage?.position);
  expect(steps.map(({ kind }) => kind).slice(0, 3)).toEqual(['rebuild', 'cut', 'remove']);
  const kept = [`${DATA}/log/HEAD`, ...segments.slice(1)];
  for (const name of kept)
    expect(disk.bytesOf(`${copies}/${name.split('/').at(-1) ?? ''}`)).toEqual(before.get(name));
  const log = await openOn(disk);
  expect(await payloadsOf(log)).toEqual(Array.from({ length: lostFrom }, (_, i) => payloadOf(i)));
  expect(await append(log, '["goes on"]')).toMatchObject({ status: 'committed' });
  await log.close();
  expect(await verifySegmentsOn(disk, DATA)).toMatchObject({ isWhole: true });
});

it('goes on after a crash at any of its calls', async () => {
  const { disk, segments } = await makeDisk();
  disk.bytesOf(segments[1] ?? '')[4096 + 1700] = 9;
  const left: MemoryDisk[] = [];
  const damaged = disk.afterKill();
  damaged.onChange = () =>
    left.push(
      damaged.afterKill(),
      damaged.afterPowerCut(() => false),
    );
  const { lostFrom = 0 } = await repairSegmentsOn(damaged, DATA, { clock, cutAcknowledged: true });
  for (const crashed of left) {
    await repairSegmentsOn(crashed, DATA, { clock: new VirtualTime(), cutAcknowledged: true });
    expect(await payloadsOf(await openOn(crashed))).toHaveLength(lostFrom);
  }
});

it('is of no use where nothing would be left', async () => {
  const { disk, segments } = await makeDisk();
  disk.bytesOf(segments[0] ?? '')[20] = 1;
  expect(await plan(disk)).toMatchObject({ isHopeless: true, lostFrom: 0 });
  await expect(repairSegmentsOn(disk, DATA, { clock, cutAcknowledged: true })).rejects.toMatchObject({
    code: 'LogDamaged',
  });
});
