import type { World } from '@tksm/abstractions';
import { WorldModel } from './world-model.ts';

export interface WorldSuite {
  readonly name: string;
  /** Makes an empty world that has seen no event. */
  create(): World | Promise<World>;
}

type Body = (world: World, model: WorldModel) => void | Promise<void>;
/** Wraps the body of a test so that it is given a fresh world and its model. */
export type WithWorld = (body: Body) => () => Promise<void>;

export function withWorldOf(suite: WorldSuite): WithWorld {
  return (body) => async () => body(await suite.create(), new WorldModel());
}

/** Keys that break careless orders and careless objects. */
export const HARD_KEYS: readonly [string, ...string[]] = [
  'a',
  'a/',
  'a/b',
  'a0',
  'A',
  'aa',
  'a\uffff',
  'b',
  '',
  ' ',
  '\u0000',
  '__proto__',
  'constructor',
  'é',
  'e\u0301',
  '漢',
  // By code units the pair comes before the next one, by code points and by UTF-8 after it.
  '😀',
  '\uffff',
  '10',
  '9',
];
