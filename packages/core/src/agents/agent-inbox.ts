import { KernelError } from '@tksm/abstractions';
import type { MessageRecord, Position } from '@tksm/abstractions';
import type { ObservationTable } from '../state/observation-table.ts';

/** Where the observations are that an agent has not received, oldest first; the zone keeps them for all who listen. */
export class AgentInbox {
  readonly #observations: ObservationTable;
  readonly #positions: Position[] = [];
  #bytes = 0;

  /** @throws KernelError `SnapshotDamaged` when one is not there */
  constructor(observations: ObservationTable, positions: readonly Position[] = []) {
    this.#observations = observations;
    for (const position of positions) this.add(this.#at(position));
  }

  get positions(): readonly Position[] {
    return this.#positions;
  }

  /** Bytes of JSON of the data of all. */
  get bytes(): number {
    return this.#bytes;
  }

  *messages(): Generator<MessageRecord> {
    for (const position of this.#positions) yield this.#at(position);
  }

  add(message: MessageRecord): void {
    this.#positions.push(message.position);
    this.#bytes += this.#observations.hold(message);
  }

  /** Lets go of all that came up to a position. Gives where they were. */
  takeUpTo(position: Position): readonly Position[] {
    const newer = this.#positions.findIndex((at) => at > position);
    const taken = this.#positions.splice(0, newer < 0 ? this.#positions.length : newer);
    for (const at of taken) this.#bytes -= this.#observations.release(at);
    return taken;
  }

  #at(position: Position): MessageRecord {
    const message = this.#observations.get(position);
    if (message !== undefined) return message;
    throw new KernelError('SnapshotDamaged', `an inbox has observation ${position}, which is not there`);
  }
}
