/** What kind of trouble an error is; a host maps categories to exit codes and HTTP statuses. */
export type ErrorCategory =
  | 'invalid'
  | 'unsupported'
  | 'not-found'
  | 'denied'
  | 'conflict'
  | 'exhausted'
  | 'timeout'
  | 'unavailable'
  | 'job-failed'
  | 'damaged'
  | 'internal';

/** What is known of a code. */
export interface CodeFacts {
  readonly category: ErrorCategory;
  /** Whether the same call may succeed later, unchanged. */
  readonly retryable: boolean;
  /** What the reader should try next. A recorded error has no advice of its own: what failed a job is shown with this. */
  readonly next: string;
}

const fact = (category: ErrorCategory, retryable: boolean, next: string): CodeFacts => ({
  category,
  retryable,
  next,
});

/** Every stable error code. Codes are added, never renamed or reused. */
export const ERROR_CODES = {
  // A command
  UnsupportedOperation: fact('unsupported', false, 'register the kind, or check its spelling and version'),
  CapabilityDenied: fact('denied', false, 'use a capability that holds the named right'),
  NotAdmitted: fact('denied', false, 'ask whoever runs the zone to admit it in the trust policy'),
  TokenInvalid: fact('denied', false, 'use the token as it was issued, at the zone that issued it'),
  TokenExpired: fact('denied', false, 'ask for a new token'),
  TokenRevoked: fact('denied', false, 'ask for a new token'),
  TokenTooLarge: fact('denied', false, 'mint a token with less in it, or attenuate it fewer times'),
  TokenUnjudged: fact('exhausted', true, 'try again: its evaluation met a limit, and nothing was decided'),
  CapabilityExpiresFirst: fact('denied', false, 'use a capability that lasts until then'),
  TooManyCapabilities: fact('exhausted', true, 'revoke handles that are needed no more'),
  InvalidOperation: fact(
    'invalid',
    false,
    'look at what it names: it does not apply to that, or not as that is now',
  ),
  InvalidInput: fact('invalid', false, 'correct what it names'),
  InvalidValue: fact('invalid', false, 'pass JSON, bigint or bytes only'),
  InvalidSpec: fact('invalid', false, 'correct the named field of the job'),
  InvalidSchedule: fact('invalid', false, 'correct the named field of the schedule'),
  TooManySchedules: fact('exhausted', true, 'remove schedules that are needed no more'),
  PayloadTooLarge: fact(
    'invalid',
    false,
    'pass less, or a blob in its place; where it is an answer, raise its bound',
  ),
  CommandMismatch: fact('conflict', false, 'use a new command id for a different command'),
  CommandTooOld: fact('conflict', false, 'look at what the first submission did; it is not run again'),
  Quarantined: fact('unavailable', true, 'find out why its kind keeps failing: tksm ladder ls'),
  DuplicateId: fact('invalid', false, 'give each job of the batch a name of its own'),
  DependencyUnknown: fact('not-found', false, 'depend on a job that exists'),
  DependencyCycle: fact('invalid', false, 'break the named cycle'),
  QueueFull: fact('exhausted', true, 'submit it again after data.retryAfterMs'),
  KernelDraining: fact('unavailable', true, 'submit again after the restart'),
  KernelStopped: fact('unavailable', true, 'open the kernel again'),
  ZoneStopped: fact('unavailable', true, 'open the kernel again once its log can be written'),
  BootFailed: fact('unavailable', true, 'look at the boot jobs in the log'),
  PolicyFaulty: fact('internal', false, 'correct the policy; the default one has taken its place'),
  NotRegistered: fact('internal', false, 'compose the package that provides it'),
  // Things by name
  JobNotFound: fact('not-found', false, 'list the jobs'),
  ScheduleNotFound: fact('not-found', false, 'list the schedules'),
  InboxFull: fact('exhausted', true, 'send again when the job has read some of its messages'),
  InboxClosed: fact('conflict', false, 'nothing: the job reads no messages any more'),
  VarNotFound: fact('not-found', false, 'list the variables'),
  PreconditionFailed: fact('conflict', false, 'read the current version and decide again'),
  EventNotFound: fact('not-found', false, 'list the events'),
  EventArchived: fact(
    'not-found',
    false,
    'put the archived segments back as archive/; for a folder that was restored from a snapshot, look in the one that it comes from',
  ),
  MomentInFuture: fact('not-found', false, 'name a moment that has been'),
  MomentBeforeLog: fact('not-found', false, 'name a moment since the zone was created'),
  SupervisorNotFound: fact('not-found', false, 'list the supervisors'),
  SupervisorExists: fact('conflict', false, 'stop it first, or take another id'),
  SupervisorBusy: fact('conflict', true, 'try again when it has done what it has under way'),
  SupervisorCycle: fact('invalid', false, 'break the named cycle'),
  UnknownEntity: fact('not-found', false, 'create it first, or check its name'),
  InsufficientBalance: fact('conflict', false, 'move what is there at most, or put more there first'),
  QuotaExceeded: fact('exhausted', true, 'delete what is needed no more, or raise the quota'),
  AgentNotFound: fact('not-found', false, 'list the agents'),
  AgentStopped: fact('conflict', false, 'spawn another agent: one that was stopped does nothing more'),
  // A job's own outcome
  HandlerFailed: fact('job-failed', true, 'look at the cause'),
  NonErrorThrown: fact('job-failed', true, 'throw an Error from the handler'),
  ResultNotStorable: fact('job-failed', false, 'return JSON, bigint or bytes'),
  TimedOut: fact('timeout', true, 'raise timeoutMs, or report progress in steps'),
  DeadlineExceeded: fact('timeout', false, 'submit again with a later deadline'),
  Cancelled: fact('job-failed', false, 'submit again'),
  DependencyFailed: fact('job-failed', false, 'look at the dependency that failed'),
  ChildFailed: fact('job-failed', false, 'look at the child that failed'),
  Interrupted: fact('job-failed', true, 'nothing: it runs again after the restart'),
  LeaseLost: fact('conflict', false, 'nothing: another attempt holds the job'),
  Paused: fact('unavailable', true, 'resume it'),
  CodeMissing: fact('unsupported', true, 'register the kind at that version, then retry the job'),
  StepRepeated: fact('job-failed', false, 'give each step a name of its own'),
  StepOrderChanged: fact('job-failed', false, 'keep the order of steps, or raise the version of the kind'),
  StepOverlapped: fact('job-failed', false, 'await a step before the next one begins'),
  LoopBlocked: fact('job-failed', false, 'move the blocking work to an isolated kind'),
  TooManyInterruptions: fact('job-failed', false, 'find out why the process dies under this job'),
  HandlerStalled: fact('timeout', true, 'let the handler come up for air more often, or raise its bound'),
  WorkerLost: fact('unavailable', true, 'nothing: it runs again on another worker'),
  WorkerMisbehaved: fact('job-failed', true, 'let nothing but the handler speak for its worker'),
  WorkerUnusable: fact('unsupported', false, 'check the path of the module and the name of its handler'),
  ProtocolMismatch: fact('unsupported', false, 'run kernel and worker from the same release'),
  ProcessFailed: fact('job-failed', true, 'look at the exit code and the captured output'),
  ProcessRejected: fact(
    'job-failed',
    false,
    'correct the command; its exit code says that trying again is useless',
  ),
  ProcessNotStarted: fact('job-failed', false, 'check the program name, the folder and its rights'),
  ModuleFailed: fact('job-failed', false, 'look at the end of what it wrote to stderr; correct the module'),
  SecretMissing: fact('not-found', false, 'provide the secret to the process that resolves it'),
  SecretInClear: fact(
    'invalid',
    false,
    'put it into the environment variable TKSM_SECRET_NAME of the process that runs the job, and pass {"$secretRef":"NAME"}',
  ),
  // Other servers
  RedirectRefused: fact('denied', false, 'call the address that it leads to, if that is meant'),
  ResponseInvalid: fact('unavailable', true, 'look at what the server answers'),
  // What belongs to somebody
  SubjectUnknown: fact('not-found', false, 'check how the subject is spelt'),
  SubjectErased: fact('not-found', false, 'nothing: what it needs was erased on request'),
  ErasureUnderWay: fact('unavailable', true, 'try again when the erasure has ended'),
  KeyDamaged: fact(
    'damaged',
    false,
    'put the key back from a copy; without it, move the file away for a new key',
  ),
  VaultDamaged: fact('damaged', false, 'restore the vault of the data folder from a copy'),
  // Storage
  OutcomeUnknown: fact('unavailable', true, 'retry under the same command id'),
  LogDamaged: fact('damaged', false, 'restore the folder from a copy; nothing was changed'),
  FrameTooLarge: fact('invalid', false, 'submit in smaller batches'),
  FormatTooNew: fact('conflict', false, 'use the release that wrote this folder, or a later one'),
  ForeignZone: fact('conflict', false, 'open the folder that belongs to this zone'),
  DataFolderLocked: fact('conflict', true, 'stop the process that holds the folder, or talk to it'),
  DataFolderMissing: fact('not-found', false, 'name a folder that tksm has written'),
  DataFolderReadOnly: fact('denied', false, 'give the process write access to the folder'),
  DiskFull: fact('exhausted', true, 'free some space; nothing acknowledged was lost'),
  StorageFailed: fact('unavailable', true, 'check the disk; nothing acknowledged was lost'),
  ResourcesExhausted: fact('exhausted', true, 'raise the limits of processes, file handles or memory'),
  LogClosed: fact('unavailable', false, 'open the log again'),
  BlobNotFound: fact('not-found', false, 'store the blob first'),
  SnapshotNotFound: fact('not-found', false, 'name a snapshot that is there'),
  SnapshotDamaged: fact('damaged', false, 'nothing: state is made from the log without it'),
  BlobDamaged: fact('damaged', false, 'restore the blob from a copy'),
  IndexDamaged: fact('unavailable', true, 'open the kernel again: the index is made anew from the log'),
  ProofInvalid: fact('damaged', false, 'believe nothing it says, and ask for another'),
  ProjectionFailed: fact('internal', false, 'correct the projection, raise its version and rebuild it'),
  // A host
  UsageError: fact('invalid', false, 'see --help'),
  FileNotFound: fact('not-found', false, 'check the path'),
  FileUnreadable: fact('denied', false, 'check the rights of the file'),
  FileBusy: fact('conflict', true, 'try again when the process that holds it has let it go'),
  PathRefused: fact('denied', false, 'name a file or folder itself: no link, no device, nothing of the zone'),
  Timeout: fact('timeout', true, 'allow more time with --timeout'),
  Unreachable: fact('unavailable', true, 'see whether what it names is up, and the network on the way to it'),
  Internal: fact('internal', false, 'report this with the log'),
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;
