import type { Instant, Projection } from '@tksm/abstractions';
import { ProjectionRunner } from '@tksm/observability';
import type { ProjectionOptions } from '@tksm/observability';
import type { Output } from '../terminal/output.ts';

/** A projection with how it is shown; what its state is like is known to itself alone. */
export interface ShownProjection {
  readonly name: string;
  readonly version: number;
  readonly summary: string;
  open(options: ProjectionOptions): Promise<OpenProjection>;
}

export interface OpenProjection {
  readonly runner: Pick<ProjectionRunner<unknown>, 'catchUp' | 'rebuild' | 'drop' | 'progress'>;
  /** Writes the state for people, as of a moment. */
  print(output: Output, now: Instant): void;
  /** The state for programs. */
  document(): object;
}

interface Showing<State> {
  readonly summary: string;
  readonly print: (state: State, output: Output, now: Instant) => void;
  readonly document: (state: State) => object;
}

export function shownProjection<State>(
  projection: Projection<State>,
  showing: Showing<State>,
): ShownProjection {
  const { name, version } = projection;
  return {
    ...{ name, version, summary: showing.summary },
    open: async (options) => {
      const runner = await ProjectionRunner.open(projection, options);
      return {
        runner,
        print: (output, now) => {
          showing.print(runner.state, output, now);
        },
        document: () => showing.document(runner.state),
      };
    },
  };
}
