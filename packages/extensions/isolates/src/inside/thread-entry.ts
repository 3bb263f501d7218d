import { workerData } from 'node:worker_threads';
import { serveRuns } from './serve-runs.ts';
import type { ThreadPlan } from './thread-plan.ts';

await serveRuns(workerData as ThreadPlan);
