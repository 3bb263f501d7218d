/** What a worker elsewhere does with what it is given. */
export const WORKER_WAYS = ['well', 'dies', 'stalls', 'lies', 'twice', 'late'] as const;

export type WorkerWay = (typeof WORKER_WAYS)[number];
