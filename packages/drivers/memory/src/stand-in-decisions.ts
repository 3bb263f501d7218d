import { askRight, KernelError, toStored } from '@tksm/abstractions';
import type { Decision, DriverView, Instant, RightUse, StandardSchema, WorldView } from '@tksm/abstractions';
import { standInWorld } from './stand-in-world.ts';

/** What decides over the world: an operation, or one of a driver. */
export interface Decider {
  readonly input?: StandardSchema;
  asks?(input: never): readonly RightUse[];
  decide(input: never, view: DriverView): Decision;
}

export interface StandInDecisions {
  readonly world: WorldView;
  /** Decides and rewrites the world. `key` is what a driver knows a repeated call by. */
  perform(
    decider: Decider,
    input: object,
    key?: string,
  ): Promise<Decision & { readonly uses: readonly RightUse[] }>;
}

/**
 * Decides outside a kernel, over a world of its own, as a kernel would: the input is checked, the rights it asks for have to be
 * sound, and every decision is one event.
 */
export function standInDecisions(now: Instant = 0): StandInDecisions {
  const world = standInWorld();
  let calls = 0;
  return {
    world,
    async perform(decider, input, key = `job/0#${++calls}`) {
      const checked = (await decider.input?.['~standard'].validate(input)) ?? { value: input };
      if (checked.issues !== undefined)
        throw new KernelError('InvalidInput', checked.issues.map(({ message }) => message).join('; '));
      const value = checked.value as never;
      const uses = decider.asks?.(value) ?? [];
      for (const { action, resource } of uses) askRight(action, resource);
      const { position } = world;
      const decision = decider.decide(value, { world: world.snapshot(), now, position, key });
      toStored(decision.output);
      toStored(decision.fact?.data);
      world.apply(decision.rewrite ?? {}, position);
      return { ...decision, uses };
    },
  };
}
