// Runs a test against one peer in this process, whose heap is its own, and prints the sample.
import { mkdir } from 'node:fs/promises';
import { printSample } from '../child-sample.ts';
import { Meter } from '../meter.ts';
import type { RivalErrand } from './errand.ts';
import { loaderFrom } from './install.ts';
import { entryOf } from './peers.ts';
import { placeOf } from './place.ts';
import type { RivalStage, RivalTest } from './rival-test.ts';
import { RIVAL_TESTS } from './tests.ts';

const errand = JSON.parse(process.argv[2] ?? '') as RivalErrand;
const { bench, n, quick, dir, cache, servers, ownServers, gateMs, steps } = errand;
const load = loaderFrom(cache);
const { peer } = entryOf(bench.peer);
const [place, spare] = [placeOf(errand, 'main', load), placeOf(errand, 'spare', load)];
const meter = new Meter(dir, gateMs, { servers });
const stage: RivalStage = { errand, bench, n, quick, peer, place, spare, meter, ownServers };
const test: RivalTest = RIVAL_TESTS[bench.test];

if (steps.includes('create')) {
  for (const made of [place, spare]) {
    await mkdir(made.dir, { recursive: true });
    await peer.create?.(made);
  }
}
if (steps.includes('prepare')) await test.prepare?.(stage);
if (steps.includes('measure')) printSample(await test.measure(stage));
if (steps.includes('remove')) for (const made of [place, spare]) await peer.remove?.(made);
// Some rivals leave timers behind.
process.exit();
