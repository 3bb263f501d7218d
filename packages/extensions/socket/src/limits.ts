/** Bounds of the socket's protocol. See docs/adr/0021-socket-protocol.md. */
export const SOCKET_LIMITS = Object.freeze({
  /** Bytes of one message. */
  maxMessageBytes: 1_048_576,
  /** Bytes of one message of a peer that has not proved itself: a token has room in it. */
  maxGreetingBytes: 16_384,
  /** Longest time from the connection to the end of the handshake. */
  greetingMs: 5_000,
  /** Longest time that is spent waiting for the rest of a message whose first byte is there. */
  messageMs: 10_000,
  /** Connections at the same time; one more is closed at once. */
  maxConnections: 64,
  /** Requests of one connection that are not answered yet; one more is refused with `ResourcesExhausted`. */
  maxInFlight: 64,
  /** Messages that carry one batch; a part has up to 262,144 characters of jobs, or one job. */
  maxBatchParts: 1_024,
  /** Bytes of JSON of all batches that a server has and has not answered. */
  maxBatchBytes: 268_435_456,
  /** Bytes that wait for a peer to read them. From there on nothing is read from it, and subscriptions wait. */
  maxOutputBytes: 1_048_576,
});
