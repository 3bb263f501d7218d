// Runs one test in this process, whose heap is its own, and prints the sample.
import { mkdirSync } from 'node:fs';
import { benchLog } from './bench-log.ts';
import type { BenchTest, Stage } from './bench-test.ts';
import { printSample } from './child-sample.ts';
import type { Errand } from './errand.ts';
import { Meter } from './meter.ts';
import { TESTS } from './plan.ts';
import { Profiler } from './profiler.ts';

const errand = JSON.parse(process.argv[2] ?? '') as Errand;
const { dir, n, setting, gateMs, profile } = errand;
mkdirSync(dir, { recursive: true });
const name = `${errand.test} ${setting}`.replaceAll(' ', '-');
const profiler = profile === undefined ? undefined : new Profiler(profile, name);
const meter = new Meter(dir, gateMs, { profiler });
const stage: Stage = { dir, n, setting, log: benchLog(errand.log), meter };
const test: BenchTest = TESTS[errand.test];
if (errand.steps.includes('prepare')) await test.prepare?.(stage);
if (errand.steps.includes('measure')) printSample(await test.measure(stage));
