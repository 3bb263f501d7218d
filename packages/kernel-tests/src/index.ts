export { broken, echo, flaky, nap, parent, polite, stuck, writer } from './kinds.ts';
export { codeOf, gate, storyOf, userJobs, withKernel } from './with-kernel.ts';
export { Life, lifeKinds, lives } from './random-life.ts';
export type { Act } from './random-life.ts';
export { Puppets } from './puppets.ts';
export type { PuppetEnd } from './puppets.ts';
export { TINY_RETENTION } from './tiny-retention.ts';
export { GOLDEN_FOLDER, readGolden } from './golden/golden-history.ts';
export type { GoldenHistory } from './golden/golden-history.ts';
