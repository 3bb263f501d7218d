/** Bounds of agents. Of live agents there are no more than a zone has handles. */
export const AGENT_LIMITS = Object.freeze({
  /** Characters, in UTF-16 units. */
  name: 256,
  description: 4_096,
  reason: 1_000,
  /** Jobs in its lane that are not settled. */
  openTasks: 10_000,
  /** Bytes of JSON of an observation that stands in the log itself: it goes into an answer, with what is around it. */
  inlineBytes: 64_000,
  /** Bytes of the blob that an observation refers to. */
  blobBytes: 1_048_576,
  /** Agents that one listens to. */
  subscriptions: 100,
  /** Agents that listen to one. */
  listeners: 1_000,
  /** Topics of a subscription. */
  topics: 32,
  /** Observations that are received at once, and bytes of their JSON. */
  received: 100,
  receivedBytes: 65_000,
});

/** Bounds that the fold of the log keeps to: another number is another version of the events. */
export const AGENT_STATE_LIMITS = Object.freeze({
  /** Observations in an inbox, and bytes of JSON of their data. */
  inbox: 1_000,
  inboxBytes: 1_048_576,
  /** Bytes of JSON of the data of all observations that wait in a zone, each counted once. */
  waitingBytes: 67_108_864,
  /** Stopped agents that are remembered, in a zone. */
  stopped: 1_000,
});
