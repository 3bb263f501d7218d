import { KernelError } from '@tksm/abstractions';
import type { PhaseChecks } from '../boot/boot-graph.ts';
import type { KindRegistry } from '../kinds/registry.ts';
import { WorldVars } from '../vars/world-vars.ts';
import { OPERATOR_ID } from '../authority/handle-table.ts';
import type { KernelSettings } from './ports.ts';
import { DEFAULT_CONCURRENCY } from './ports.ts';
import type { Session } from './session.ts';

/** What each phase of boot makes sure of. */
export function phaseChecks(
  session: () => Session,
  registry: KindRegistry,
  settings: KernelSettings,
): PhaseChecks {
  return {
    scheduler: () => ({
      ready: session().engine.agenda.dispatcher.ready,
      concurrency: settings.concurrency ?? DEFAULT_CONCURRENCY,
    }),
    vars: () => ({ variables: new WorldVars(session().engine.state.world).list().length }),
    events: () => {
      const { head, position } = session().engine;
      if (head.position > position) throw new KernelError('LogDamaged', 'the state is behind its log');
      return { position: head.position };
    },
    config: () => ({}),
    authority: () => ({ operator: OPERATOR_ID }),
    discover: () => ({ kinds: registry.list().length }),
    activate: () => ({}),
    services: () => ({}),
  };
}
