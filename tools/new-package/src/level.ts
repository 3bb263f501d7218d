/** Where a new package goes and what it is called, decided by its level alone. */
export interface Placement {
  readonly level: Level;
  readonly name: string;
  /** Relative to the root of the repository. */
  readonly folder: string;
  readonly packageName: string;
  readonly isPublic: boolean;
}

export const levels = ['package', 'driver', 'extension', 'tool', 'sample'] as const;
export type Level = (typeof levels)[number];

const groups: Readonly<Record<Level, { group: string; prefix: string; isPublic: boolean }>> = {
  package: { group: 'packages', prefix: '', isPublic: true },
  driver: { group: 'packages/drivers', prefix: 'drivers-', isPublic: true },
  extension: { group: 'packages/extensions', prefix: 'extensions-', isPublic: true },
  tool: { group: 'tools', prefix: 'tool-', isPublic: false },
  sample: { group: 'samples', prefix: 'sample-', isPublic: false },
};

const plainName = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const sampleName = /^\d\d-[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

export function isLevel(text: string | undefined): text is Level {
  return levels.some((level) => level === text);
}

/** Throws a TypeError when the name does not fit the level. */
export function place(level: Level, name: string): Placement {
  if (level === 'sample' && !sampleName.test(name))
    throw new TypeError(`a sample is named NN-name, not '${name}'`);
  if (level !== 'sample' && !plainName.test(name)) throw new TypeError(`'${name}' is not kebab-case`);
  const { group, prefix, isPublic } = groups[level];
  return { level, name, folder: `${group}/${name}`, packageName: `@tksm/${prefix}${name}`, isPublic };
}
