import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadPlan } from '../thread-plan.ts';
import { runModule } from './run-module.ts';

parentPort?.postMessage(runModule(workerData as ThreadPlan));
