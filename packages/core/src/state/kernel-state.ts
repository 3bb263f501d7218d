import type {
  CommandId,
  Hash,
  Instant,
  JobId,
  LadderRecord,
  Position,
  ScheduleName,
  ScheduleRecord,
  StoredValue,
  SupervisorRecord,
  ZoneId,
} from '@tksm/abstractions';
import { KernelError } from '@tksm/abstractions';
import { BTreeWorld } from '../world/btree-world.ts';
import { AgentTable } from './agent-table.ts';
import { BreakerTable } from './breaker-table.ts';
import { CapabilityTable } from './capability-table.ts';
import type { RevocationRecord } from './revoked-tokens.ts';
import type { JobState } from './job-state.ts';
import { ExpiringTable } from './expiring-table.ts';
import { OpenCounts } from './open-counts.ts';
import { ObservationTable } from './observation-table.ts';
import type { SectionName } from './sections.ts';
import type { StateTree } from './state-tree.ts';

/** What a command id was answered, for its retries. */
export type CommandOutcome = { readonly position: Position; readonly time: Instant } & (
  { readonly output: StoredValue; readonly request?: Hash } | { readonly job: JobId }
);

/** How much has left the state: jobs by how they ended, answers to commands, and what of both had a command id. */
export interface RetiredCounts {
  succeeded: number;
  failed: number;
  cancelled: number;
  commands: number;
  /** Of those, ids that callers chose. Never goes back: it says how old an id is. */
  named: number;
  /** Position after the last event that took something out. An index that is up to there lacks nothing. */
  until: Position;
}

/** A dedup key that is remembered, whatever has become of its job. */
export interface DedupWindow {
  readonly job: JobId;
  readonly until: Instant;
}

/** All authoritative state of a zone. Only `apply` changes it; whatever can be derived from it is kept elsewhere. */
export class KernelState {
  #zone: ZoneId | undefined;
  /** Whether the leaves of the zone's Merkle tree are made of events (ADR 0023). */
  eventLeaves = false;
  /** Number of events applied. */
  position: Position = 0;
  /** Time of the last frame applied. */
  time: Instant = 0;
  /** Epoch and incarnation of the sequencer. */
  epoch = 0;
  incarnation = '';
  readonly jobs = new Map<JobId, JobState>();
  /** Derived. */
  readonly open = new OpenCounts();
  readonly commands = new Map<CommandId, CommandOutcome>();
  readonly schedules = new Map<ScheduleName, ScheduleRecord>();
  readonly breakers = new BreakerTable();
  /** By the path of their ids. */
  readonly supervisors = new Map<string, SupervisorRecord>();
  /** Dedup keys within their windows, by `windowKey`. */
  readonly windows = new ExpiringTable<DedupWindow>();
  /** By kind. */
  readonly ladder = new Map<string, LadderRecord>();
  /** Token buckets that are not full, by name: when each is. */
  readonly buckets = new ExpiringTable<{ readonly until: Instant }>();
  /** The live handles below the operator's. */
  readonly capabilities = new CapabilityTable();
  /** Tokens that are accepted no more, by revocation id, until they would have expired. */
  readonly revokedTokens = new ExpiringTable<RevocationRecord>();
  readonly agents = new AgentTable();
  readonly observations = new ObservationTable();
  readonly world = new BTreeWorld();
  /** The digest tree, from the first digest on. Derived. */
  tree: StateTree | undefined = undefined;
  readonly retired: RetiredCounts = {
    succeeded: 0,
    failed: 0,
    cancelled: 0,
    commands: 0,
    named: 0,
    until: 0,
  };

  /** Whether there is a zone: not before the first event. */
  get hasZone(): boolean {
    return this.#zone !== undefined;
  }

  /** @throws KernelError `LogDamaged` before the first event */
  get zone(): ZoneId {
    if (this.#zone === undefined) throw new KernelError('LogDamaged', 'the log does not begin with its zone');
    return this.#zone;
  }

  set zone(zone: ZoneId) {
    this.#zone = zone;
  }

  /** Notes that an entry changed, came or went, for the next digest. */
  touch(section: SectionName, id: string): void {
    this.tree?.touch(section, id);
  }
}
