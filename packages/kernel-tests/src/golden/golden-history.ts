import type { SavedFrame, SavedHistory } from '@tksm/testing';

/** A history as a release wrote it, and the digests that it has to fold into for ever. */
export interface GoldenHistory extends SavedHistory {
  /** By position: the digest of the first so many events. */
  readonly digests: Readonly<Record<string, string>>;
}

/** Where golden histories lie, one folder for each release; what is not released yet is `unreleased`. */
export const GOLDEN_FOLDER = new URL('../../golden/', import.meta.url);
export const UNRELEASED = 'unreleased';

/** A golden history as text: a line for all but its frames, then a line for each frame. */
export function writeGolden({ frames, ...rest }: GoldenHistory): string {
  return [rest, ...frames].map((line) => `${JSON.stringify(line)}\n`).join('');
}

export function readGolden(text: string): GoldenHistory {
  const [rest, ...frames] = text.trimEnd().split('\n');
  return {
    ...(JSON.parse(rest ?? '') as Omit<GoldenHistory, 'frames'>),
    frames: frames.map((line) => JSON.parse(line) as SavedFrame),
  };
}
