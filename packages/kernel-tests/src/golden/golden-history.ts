import type { SavedHistory } from '@tksm/testing';

/** A history as a release wrote it, and the digests that it has to fold into for ever. */
export interface GoldenHistory extends SavedHistory {
  /** By position: the digest of the first so many events. */
  readonly digests: Readonly<Record<string, string>>;
}

/** Where golden histories lie, one folder for each release; what is not released yet is `unreleased`. */
export const GOLDEN_FOLDER = new URL('../../golden/', import.meta.url);
export const UNRELEASED = 'unreleased';
