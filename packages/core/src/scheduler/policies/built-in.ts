import type { PolicyFactory } from '@tksm/abstractions';
import { DeadlinePolicy } from './deadline.ts';
import { FairPolicy } from './fair.ts';
import { FifoPolicy } from './fifo.ts';
import { PriorityPolicy } from './priority.ts';
import { RoundRobinPolicy } from './round-robin.ts';

/** The policy of a kernel whose settings name none, and the one that takes the place of a faulty one. */
export const FAIR: PolicyFactory = { name: 'fair', create: (context) => new FairPolicy(context) };

/** The policies that every kernel knows. */
export const BUILT_IN_POLICIES: readonly PolicyFactory[] = [
  FAIR,
  { name: 'fifo', create: () => new FifoPolicy() },
  { name: 'priority', create: () => new PriorityPolicy() },
  { name: 'round-robin', create: () => new RoundRobinPolicy() },
  { name: 'deadline', create: () => new DeadlinePolicy() },
];
