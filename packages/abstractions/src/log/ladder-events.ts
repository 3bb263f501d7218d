import type { LadderRung } from '../failure/ladder.ts';
import type { HandleId } from '../runtime/ids.ts';

/** A kind went up or down the escalation ladder. */
export interface LadderMoved {
  readonly type: 'ladder.moved';
  readonly v: 1;
  readonly kind: string;
  readonly from: LadderRung;
  readonly to: LadderRung;
  readonly reason: string;
  /** Present when an operator did it. */
  readonly by?: HandleId;
}
