import { noLogger } from '@tksm/abstractions';
import { makeSnapshot } from '@tksm/core';
import { openDiskSnapshots } from '@tksm/drivers-disk';
import { openSegmentsReader } from '@tksm/drivers-segments';
import { SOCKET_FILES } from '@tksm/extensions-socket';
import { describe, expect, it } from 'vitest';
import { verifyFolder } from '../src/verification/verify-folder.ts';
import { filesOf, flipBytes } from './flip-bytes.ts';
import { E2E, Place, shellInput } from './tksm.ts';

/** TKSM_FULL=1: the thousand that the project promises; otherwise as many as a test run has time for. */
const FLIPS = process.env.TKSM_FULL === '1' ? 1_000 : 60;

describe('one byte that is not as it was written', E2E, () => {
  it(
    'is never passed over, in whatever file of the folder',
    { timeout: 1_800_000 },
    async ({ onTestFinished }) => {
      const place = new Place(onTestFinished);
      await makeFolder(place);
      const files = filesOf(place.data);
      expect(files).toEqual(
        expect.arrayContaining([
          'FORMAT',
          'lock.json',
          'log/HEAD',
          'proofs/checkpoint',
          'proofs/signing.key',
        ]),
      );
      expect(files.some((file) => file.startsWith('blobs'))).toBe(true);
      // The kernel was killed: its socket stays behind.
      const { faults } = await verifyFolder(place.data);
      expect(faults.filter(({ file }) => !SOCKET_FILES.includes(file))).toEqual([]);
      let state = 20_261_121;
      const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
      const counts = await flipBytes(place.data, FLIPS, random);
      console.log(JSON.stringify(counts));
      expect((await verifyFolder(place.data)).faults).toEqual(faults);
    },
  );
});

/** Every kind of file, by real commands; the last one is killed while it runs. */
async function makeFolder(place: Place): Promise<void> {
  const big = {
    kind: 'shell',
    input: { captureTo: 'blob', argv: ['sh', '-c', 'head -c 200000 /dev/zero | tr "\\0" x'] },
  };
  const graph = place.file(
    'graph.yaml',
    JSON.stringify({
      name: 'flips',
      jobs: { big, small: { kind: 'shell', input: JSON.parse(shellInput('echo 1')) as unknown } },
    }),
  );
  expect((await place.tksm('run', graph)).code).toBe(0);
  expect((await place.tksm('var', 'set', 'region', 'eu')).code).toBe(0);
  expect((await place.tksm('event', 'checkpoint')).code).toBe(0);
  expect((await place.tksm('event', 'prove', '3')).code).toBe(0);
  const log = await openSegmentsReader({ dir: place.data });
  await makeSnapshot({ log, store: openDiskSnapshots({ dir: place.data }), logger: noLogger });
  const gate = place.gate();
  const { child, ended } = place.start([
    'job',
    'submit',
    'shell',
    '--input',
    shellInput(`echo > ${gate.file}; sleep 60`),
    '--wait',
  ]);
  await gate.passed();
  child.kill('SIGKILL');
  await ended;
}
