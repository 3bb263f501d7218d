import type { ControlBlock, Fault, OpenRequest, WriterFailure } from './control-block.ts';

/** How a log reaches its writer, on a thread of its own or on the one that asks. One request at a time. */
export interface WriterLink {
  readonly control: ControlBlock;
  /** Room for a stored frame. Its owner writes header and payload, the writer the rest. */
  readonly frame: Buffer;
  /** Opens the files to write to; after a failure, anew. */
  open(request: OpenRequest): Promise<WriterFailure | undefined>;
  /** Makes the frame in `frame` durable. Answers why when that failed: the files are then closed. */
  append(frameBytes: number): Promise<WriterFailure | undefined>;
  /** Flushes HEAD and ends the writer. */
  close(): Promise<void>;
  /** Ends the writer as the death of the process would; for tests. */
  kill(): Promise<void>;
  /** Makes the next append fail; for tests. */
  failNext(fault: Fault): void;
}
