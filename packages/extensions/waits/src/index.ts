export { askKind } from './ask-kind.ts';
export type { AskInput, AskOutput } from './ask-kind.ts';
export { sleepKind } from './sleep-kind.ts';
export type { SleepInput } from './sleep-kind.ts';
