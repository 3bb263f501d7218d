export type {
  AgentEnd,
  AgentLag,
  AgentReader,
  AgentRecord,
  AgentStatus,
  AgentSubscription,
  AgentView,
} from './agents/agent.ts';
export { GRANT_LIMITS } from './authority/capability.ts';
export type {
  CapabilityClaim,
  CapabilityGrant,
  CapabilityHandle,
  CapabilityReader,
  CapabilityRecord,
  Readable,
  RevokedToken,
} from './authority/capability.ts';
export { coversCaveats, refusingCaveat } from './authority/caveats.ts';
export type { AskedUse, Caveats, RateCaveat } from './authority/caveats.ts';
export { canonicalHost } from './authority/host.ts';
export { CAVEAT_LIMITS, parseCaveats } from './authority/parse-caveats.ts';
export { allowsRight, askRight, coversRight, formatRight, parseRight } from './authority/right.ts';
export type { AskedRight, Right } from './authority/right.ts';
export { MAX_ROOT_KEYS } from './authority/root-keys.ts';
export type { RootKey, RootKeys } from './authority/root-keys.ts';
export { TOKEN_LIMITS } from './authority/token.ts';
export type { TokenBlock, TokenContents, TokenHolder, TokenIssuer } from './authority/token.ts';
export { RINGS } from './authority/trust-policy.ts';
export type { AdmissionRequest, Ring, TrustPolicy } from './authority/trust-policy.ts';
export type { RightUse } from './authority/use.ts';
export type { BlobRef, BlobStore } from './blobs/blob-store.ts';
export { BOOT_PHASES } from './boot/phase.ts';
export type { BootContext, BootingKernel, BootPhase, BootTask } from './boot/phase.ts';
export type { Registrar, Resolver } from './composition/registrar.ts';
export { token } from './composition/token.ts';
export type { Token } from './composition/token.ts';
export { driverDecision, driverEffect } from './drivers/define.ts';
export type {
  AnyDriverOperation,
  Driver,
  DriverCall,
  DriverDecision,
  DriverEffect,
  DriverOperation,
  DriverOperationBase,
  DriverView,
  Permit,
} from './drivers/driver.ts';
export { ERROR_CODES } from './errors/codes.ts';
export type { CodeFacts, ErrorCategory, ErrorCode } from './errors/codes.ts';
export { isKernelError, KernelError } from './errors/kernel-error.ts';
export type { KernelErrorOptions, SerializedError } from './errors/kernel-error.ts';
export type { AttemptLease, RejectedResult } from './jobs/attempt-lease.ts';
export type {
  BreakerFailure,
  BreakerName,
  BreakerPhase,
  BreakerReader,
  BreakerRecord,
  BreakerView,
} from './failure/breaker.ts';
export { LADDER_RUNGS } from './failure/ladder.ts';
export type { LadderReader, LadderRecord, LadderRung, LadderView } from './failure/ladder.ts';
export type { AttemptJobs, AttemptVars, TaskContext } from './jobs/context.ts';
export { isMeant } from './jobs/inbox.ts';
export type {
  AttemptInbox,
  Message,
  MessageFilter,
  MessageRecord,
  OpenWait,
  ReceiveOptions,
} from './jobs/inbox.ts';
export { PRIORITY } from './jobs/job.ts';
export { DEFAULT_RETRY } from './jobs/retry.ts';
export type {
  ExponentialRetry,
  LinearRetry,
  RetryLimits,
  RetryOptions,
  RetryPolicy,
  TableRetry,
} from './jobs/retry.ts';
export type {
  Affinity,
  ChildPolicy,
  Debounce,
  JobOutcome,
  JobRecord,
  JobSpec,
  JobStatus,
  JobView,
  OnDependencyFailure,
  Priority,
  Progress,
  StepRecord,
} from './jobs/job.ts';
export type {
  AnyKind,
  Decision,
  Forgotten,
  Kind,
  KindBase,
  OperationKind,
  OperationView,
  SensitivePart,
  TaskKind,
} from './jobs/kind.ts';
export type { Lease } from './jobs/lease.ts';
export { isSystemKind } from './jobs/system-kinds.ts';
export { JOB_OPTIONS } from './kernel/command.ts';
export type { Command, JobOptions, OperationReceipt, Receipt, TaskReceipt } from './kernel/command.ts';
export type { Health, HealthCheck, HealthStatus } from './kernel/health.ts';
export type {
  DrainOptions,
  JobQuery,
  JobReader,
  Kernel,
  KernelPhase,
  StateReader,
  SubscribeOptions,
} from './kernel/kernel.ts';
export type { ZoneClient } from './kernel/zone-client.ts';
export type {
  AgentEvent,
  AgentObserved,
  AgentReceived,
  AgentSpawned,
  AgentStopped,
  AgentSubscribed,
  AgentTaskScheduled,
  AgentUnsubscribed,
} from './log/agent-events.ts';
export type {
  CapabilityDenied,
  CapabilityDerived,
  CapabilityEvent,
  CapabilityExpired,
  CapabilityRevoked,
  TokenRevoked,
} from './log/capability-events.ts';
export type { DriverCalled } from './log/driver-events.ts';
export type { LadderMoved } from './log/ladder-events.ts';
export type { BreakerClosed, BreakerEvent, BreakerHalfOpened, BreakerOpened } from './log/breaker-events.ts';
export type {
  CommandRefused,
  CommandSettled,
  EventType,
  Fact,
  FactEmitted,
  JobAssigned,
  JobAttemptFailed,
  JobCancelled,
  JobCancelling,
  JobFailed,
  JobHeld,
  JobInterrupted,
  JobLeased,
  JobProgressed,
  JobRecalled,
  JobReleased,
  JobResultRejected,
  JobReturned,
  JobStepped,
  JobSubmitted,
  JobSucceeded,
  KernelEvent,
  LogHead,
  RecordedEvent,
  RecordsRetired,
  SequencerClaimed,
  WorldRewritten,
  ZoneCreated,
} from './log/event.ts';
export type { JobResumed } from './log/pause-events.ts';
export type { JobSuspended, MessageSent } from './log/wait-events.ts';
export type { JobDebounced, JobDeduplicated } from './log/flow-events.ts';
export type {
  SupervisorChildChanged,
  SupervisorChildExited,
  SupervisorChildStarted,
  SupervisorEnded,
  SupervisorEvent,
  SupervisorRestarting,
  SupervisorStarted,
  SupervisorStopping,
  SupervisorTerminating,
} from './log/supervisor-events.ts';
export type {
  AppendOutcome,
  EventLog,
  Expected,
  LogCapabilities,
  LogReader,
  LogStatistics,
  ReadOptions,
} from './log/event-log.ts';
export {
  decodeFrameHeader,
  encodeFrameHeader,
  FRAME_HEADER_BYTES,
  FRAME_VERSION,
} from './log/frame-codec.ts';
export type { FrameHeader } from './log/frame-codec.ts';
export type { Frame, FrameDraft } from './log/frame.ts';
export type {
  ScheduleBackfilled,
  ScheduleEvent,
  ScheduleHeld,
  SchedulePaused,
  ScheduleRemoved,
  ScheduleResumed,
  ScheduleSet,
  ScheduleTicked,
} from './log/schedule-events.ts';
export { LOG_LEVELS } from './observability/logger.ts';
export type { Correlation, Logger, LogLevel } from './observability/logger.ts';
export type {
  Counter,
  GaugeReading,
  GaugeSample,
  Histogram,
  MetricLabels,
  MetricOptions,
  Metrics,
} from './observability/metrics.ts';
export { noLogger, noMetrics } from './observability/no-op.ts';
export type { Redactor } from './observability/redactor.ts';
export type { BookmarkStore } from './projections/bookmark-store.ts';
export type { EventSource } from './projections/event-source.ts';
export type { Projection } from './projections/projection.ts';
export type { IndexMark, IndexRow, JobIndex, JobIndexReader } from './retention/job-index.ts';
export type { AbortSignalLike, Signal } from './runtime/abort.ts';
export type { Cancellation, Clock, Timers } from './runtime/clock.ts';
export {
  agentId,
  commandId,
  handleId,
  hash,
  jobId,
  kindName,
  NO_HASH,
  scheduleName,
  zoneId,
} from './runtime/ids.ts';
export type {
  Branded,
  AgentId,
  CommandId,
  HandleId,
  Hash,
  Instant,
  JobId,
  KindName,
  Position,
  ScheduleName,
  ZoneId,
} from './runtime/ids.ts';
export type { LoopWatch } from './runtime/loop-watch.ts';
export type { Random } from './runtime/random.ts';
export { isSecretName } from './runtime/secret-names.ts';
export type { SecretRef, SecretSource } from './runtime/secrets.ts';
export { deferredSchema } from './runtime/standard-schema.ts';
export type { SchemaIssue, SchemaResult, StandardSchema } from './runtime/standard-schema.ts';
export { TOKENS } from './runtime/tokens.ts';
export type {
  MisfirePolicy,
  OverlapPolicy,
  ScheduledJob,
  ScheduleOptions,
  ScheduleReader,
  ScheduleRecord,
  ScheduleRules,
  ScheduleSpec,
  ScheduleStatus,
  ScheduleTiming,
  ScheduleView,
  TickOf,
  TickRecord,
} from './schedules/schedule.ts';
export type { PolicyContext, PolicyFactory, ReadyJob, SchedulingPolicy } from './scheduling/policy.ts';
export { isBefore } from './scheduling/policy.ts';
export type { SnapshotMaker, SnapshotStore } from './snapshots/snapshot-store.ts';
export { canonicalJson, storedBytes, utf8Length } from './values/canonical.ts';
export { sealedRefOf, secretRefOf, sensitive } from './values/sensitive.ts';
export type { SealedRef, SensitiveMark } from './values/sensitive.ts';
export { fromStored, toStored } from './values/store.ts';
export type {
  AutoShutdown,
  ChildBase,
  ChildRecord,
  ChildSpec,
  ExitReason,
  JobChild,
  RestartStrategy,
  RestartType,
  SupervisedBy,
  SupervisorChild,
  SupervisorEnd,
  SupervisorMessage,
  SupervisorPlan,
  SupervisorReader,
  SupervisorRecord,
  SupervisorSpec,
} from './supervision/supervisor.ts';
export { VALUE_LIMITS, VALUE_TAGS } from './values/value.ts';
export type { StoredObject, StoredValue, Value, ValueObject } from './values/value.ts';
export { VAR_LAYERS } from './vars/var-store.ts';
export type {
  Etag,
  VarApply,
  VarChange,
  VarChanged,
  Variable,
  VarLayer,
  VarPrecondition,
  VarQuery,
  VarStore,
} from './vars/var-store.ts';
export type { Vault, VaultSubject } from './vault/vault.ts';
export type { Rewrite } from './world/rewrite.ts';
export type { ScanOptions, World, WorldEntry, WorldView } from './world/world.ts';
