export { openSegmentsReader } from './open-segments-reader.ts';
export type { OpenSegmentsReaderOptions } from './open-segments-reader.ts';
export { openSegments } from './open-segments.ts';
export type { OpenSegmentsOptions } from './open-segments.ts';
export type { Recovery, SegmentsLog } from './segments-log.ts';
export { verifySegments } from './verify-segments.ts';
export type { SegmentReport, VerifyOptions, VerifyReport } from './verify-segments.ts';
export type { Damage } from './reading/log-damage.ts';
