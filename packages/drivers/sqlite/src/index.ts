export { jobIndexFault } from './file-sum.ts';
export { openJobIndex, openJobIndexView } from './open-job-index.ts';
export type { JobIndexView, OpenJobIndexOptions } from './open-job-index.ts';
