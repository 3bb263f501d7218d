import type {
  AgentId,
  AgentRecord,
  BreakerName,
  CapabilityRecord,
  CommandId,
  HandleId,
  Instant,
  JobId,
  JobRecord,
  LadderRecord,
  MessageRecord,
  ScheduleName,
  ScheduleRecord,
  StoredValue,
  SupervisorRecord,
  WorldEntry,
} from '@tksm/abstractions';
import { agentOf } from './agent-state.ts';
import { copyOf } from './apply-breaker.ts';
import type { BreakerState } from './breaker-table.ts';
import type { ExpiringTable } from './expiring-table.ts';
import { jobOf, recordOf } from './job-state.ts';
import type { CommandOutcome, KernelState } from './kernel-state.ts';

/**
 * A part of the authoritative state: entries under ids. The digest and snapshots know state by its sections alone, so
 * that what is added here is in both.
 */
interface Section {
  /** Ids in canonical order. */
  ids(state: KernelState): Iterable<string>;
  get(state: KernelState, id: string): StoredValue | undefined;
  /** Takes an entry into a state that is being restored. */
  put(state: KernelState, id: string, value: StoredValue): void;
}

export type SectionName =
  | 'zone'
  | 'job'
  | 'command'
  | 'schedule'
  | 'breaker'
  | 'ladder'
  | 'supervisor'
  | 'window'
  | 'bucket'
  | 'capability'
  | 'revoked-token'
  | 'observation'
  | 'agent'
  | 'world';

/** Every section, in the order in which state is restored. */
export const SECTIONS: Readonly<Record<SectionName, Section>> = {
  zone: {
    ids: ({ hasZone }) => (hasZone ? [''] : []),
    get(state) {
      if (!state.hasZone) return undefined;
      const { zone, eventLeaves, position, time, epoch, incarnation, retired } = state;
      return {
        ...{ zone, position, time, epoch, incarnation },
        ...(eventLeaves && { eventLeaves }),
        retired: { ...retired },
      };
    },
    put: (state, _, value) => Object.assign(state, value),
  },
  job: {
    ids: ({ jobs }) => byPosition(jobs),
    get: ({ jobs }, id) => {
      const job = jobs.get(id as JobId);
      return job && asStored(recordOf(job));
    },
    put: ({ jobs, open }, _, value) => {
      const job = jobOf(value as unknown as JobRecord);
      // One string for both: it is hashed once.
      jobs.set(job.id, job);
      if (job.outcome === undefined) open.open(job);
    },
  },
  command: {
    ids: ({ commands }) => byPosition(commands),
    get: ({ commands }, id) => {
      const outcome = commands.get(id as CommandId);
      return outcome && asStored(outcome);
    },
    put: ({ commands }, id, value) => commands.set(id as CommandId, value as unknown as CommandOutcome),
  },
  window: tableOf(({ windows }) => windows),
  bucket: tableOf(({ buckets }) => buckets),
  schedule: {
    ids: ({ schedules }) => schedules.keys(),
    get: ({ schedules }, name) => {
      const schedule = schedules.get(name as ScheduleName);
      return schedule && asStored(schedule);
    },
    put: ({ schedules }, name, value) =>
      schedules.set(name as ScheduleName, value as unknown as ScheduleRecord),
  },
  breaker: {
    ids: ({ breakers }) => breakers.names(),
    get: ({ breakers }, id) => {
      const breaker = breakers.get(id as BreakerName);
      return breaker && asStored(copyOf(breaker));
    },
    put: ({ breakers }, id, value) => {
      breakers.set(id as BreakerName, copyOf(value as unknown as BreakerState));
    },
  },
  supervisor: {
    ids: ({ supervisors }) => byPosition(supervisors),
    get: ({ supervisors }, id) => {
      const supervisor = supervisors.get(id);
      return supervisor && asStored(supervisor);
    },
    put: ({ supervisors }, id, value) => supervisors.set(id, value as unknown as SupervisorRecord),
  },
  capability: {
    *ids({ capabilities }) {
      // Parents first: in this order they were derived.
      for (const { id } of capabilities.values()) yield id;
    },
    get: ({ capabilities }, id) => {
      const capability = capabilities.get(id as HandleId);
      return capability && asStored(capabilities.recordOf(capability));
    },
    put: ({ capabilities }, _, value) => {
      capabilities.add(value as unknown as CapabilityRecord);
    },
  },
  'revoked-token': tableOf(({ revokedTokens }) => revokedTokens),
  observation: {
    *ids({ observations }) {
      for (const position of observations.positions()) yield String(position);
    },
    get: ({ observations }, id) => {
      const observation = observations.get(Number(id));
      return observation && asStored(observation);
    },
    put: ({ observations }, _, value) => {
      observations.restore(value as unknown as MessageRecord);
    },
  },
  agent: {
    *ids({ agents }) {
      for (const { id } of agents.values()) yield id;
    },
    get: ({ agents }, id) => {
      const agent = agents.get(id as AgentId);
      return agent && asStored(agent.record);
    },
    put: ({ agents, observations }, _, value) => {
      // Observations were restored before: what is in an inbox is there.
      agents.add(agentOf(value as unknown as AgentRecord, observations));
    },
  },
  ladder: {
    ids: ({ ladder }) => [...ladder.keys()].sort(),
    get: ({ ladder }, kind) => {
      const record = ladder.get(kind);
      return record && asStored(record);
    },
    put: ({ ladder }, kind, value) => ladder.set(kind, value as unknown as LadderRecord),
  },
  world: {
    *ids({ world }) {
      for (const [key] of world.scan()) yield key;
    },
    get: ({ world }, key) => {
      const entry = world.get(key);
      return entry && asStored(entry);
    },
    put: ({ world }, key, value) => {
      world.restore(key, value as unknown as WorldEntry);
    },
  },
};

export const SECTION_NAMES = Object.keys(SECTIONS) as readonly SectionName[];

/** The key of an entry in the digest tree. */
export function entryKey(section: SectionName, id: string): string {
  return section === 'zone' ? section : `${section}/${id}`;
}

/** Ids in the order of their positions. That is nearly always the order in which they lie in the map. */
function byPosition(map: ReadonlyMap<string, { readonly position: number }>): Iterable<string> {
  let last = -1;
  for (const { position } of map.values()) {
    if (position < last) return [...map].sort(([, a], [, b]) => a.position - b.position).map(([id]) => id);
    last = position;
  }
  return map.keys();
}

/** State holds plain JSON data only; the type system cannot see it through interfaces. */
function asStored(value: object): StoredValue {
  return value as unknown as StoredValue;
}

/** The section of a table whose entries end. */
function tableOf<T extends { readonly until: Instant }>(
  table: (state: KernelState) => ExpiringTable<T>,
): Section {
  return {
    ids: (state) => table(state).keys(),
    get: (state, key) => {
      const entry = table(state).get(key);
      return entry && asStored(entry);
    },
    put: (state, key, value) => {
      table(state).put(key, value as unknown as T);
    },
  };
}
