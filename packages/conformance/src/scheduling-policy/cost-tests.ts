import type { Instant, JobId, ReadyJob } from '@tksm/abstractions';
import { describe, expect, it } from 'vitest';
import { dice } from '../dice.ts';
import { readyJob } from './fixture.ts';
import type { NewPolicy } from './fixture.ts';

const FEW = 500;
const MANY = 32_000;
const ROUNDS = 2_000;
/** log(32,000) is 1.7 times log(500); what scans, even for one call in a hundred, is far above. */
const GROWTH = 3;

/** What a policy costs is counted by how often it looks at its jobs: a measure that a busy machine does not change. */
export function costTests(create: NewPolicy): void {
  describe('cost', () => {
    it.each([
      ['one origin', 1],
      ['a thousand origins', 1_000],
    ])('grows with the logarithm of what is queued at most, with %s', (_, origins) => {
      const few = looksPerJob(create, FEW, origins);
      const many = looksPerJob(create, MANY, origins);
      expect(many).toBeLessThanOrEqual(GROWTH * few + 10);
    });
  });
}

/** Looks for each job that comes, goes, is taken away or comes back, while so many are queued. */
function looksPerJob(create: NewPolicy, queued: number, origins: number): number {
  const policy = create();
  const roll = dice(3);
  const looks = { count: 0 };
  let sequence = 0;
  const add = (job: ReadyJob = looked(sequence++, roll, origins, looks)): ReadyJob => {
    policy.add(job);
    return job;
  };
  const known = Array.from({ length: queued }, () => add());
  looks.count = 0;
  for (let round = 0; round < ROUNDS; round++) {
    known.push(add());
    const given = policy.next(sequence);
    if (round % 4 === 0 && given !== undefined) add(given);
    else known.push(add());
    const some = known[roll.below(known.length)];
    if (some === undefined || !policy.remove(some)) policy.next(sequence);
  }
  return looks.count / ROUNDS;
}

function looked(
  sequence: number,
  roll: ReturnType<typeof dice>,
  origins: number,
  looks: { count: number },
): ReadyJob {
  const facts = {
    priority: roll.below(10),
    origin: `o${roll.below(origins)}`,
    deadline: roll.below(100_000),
  };
  return new LookedJob(readyJob(sequence, facts), looks);
}

/** Counts what is read of it. */
class LookedJob implements ReadyJob {
  readonly #job: ReadyJob;
  readonly #looks: { count: number };

  constructor(job: ReadyJob, looks: { count: number }) {
    this.#job = job;
    this.#looks = looks;
  }

  get id(): JobId {
    return this.#seen().id;
  }
  get priority(): number {
    return this.#seen().priority;
  }
  get origin(): string {
    return this.#seen().origin;
  }
  get agent(): string | undefined {
    return this.#seen().agent;
  }
  get deadline(): Instant | undefined {
    return this.#seen().deadline;
  }
  get since(): Instant {
    return this.#seen().since;
  }
  get sequence(): number {
    return this.#seen().sequence;
  }
  get place(): number {
    return this.#seen().place;
  }
  set place(place: number) {
    this.#seen().place = place;
  }

  #seen(): ReadyJob {
    this.#looks.count += 1;
    return this.#job;
  }
}
