import { KernelError } from '@tksm/abstractions';
import type { CapabilityHandle, Instant, TokenIssuer } from '@tksm/abstractions';
import { checkLog } from '../admission/admission.ts';
import type { Engine } from '../kernel/engine.ts';
import { deriveToken } from './derive-token.ts';
import type { HandleTable } from './handle-table.ts';

/** Tokens whose proof is remembered. */
const MOST_PROVED = 1_024;
/** How long it is: a root key that was removed ends its tokens by then, in a process that has met them, too. */
const PROVED_MS = 60_000;

interface Proved {
  readonly handle: CapabilityHandle;
  readonly until: Instant;
}

/** What tokens are taken into. */
export interface IntakeHome {
  readonly issuer: TokenIssuer | undefined;
  readonly handles: HandleTable;
  /** The engine of now. @throws KernelError `KernelStopped`, `ZoneStopped` */
  engine(): Engine;
}

/**
 * Takes tokens in as handles. Guarantees:
 *
 * 1. A handle is given for what the issuer has proved, now or a short while ago, and only once it is durable.
 * 2. The same block is the same handle, with the same counters, whoever presents it and however often.
 * 3. Time is the log's, which never goes back: a token that has expired stays so.
 * 4. A token's text is in memory alone, for as long as its proof is remembered.
 */
export class TokenIntake {
  readonly #home: IntakeHome;
  /** By their texts, the longest unused first. */
  readonly #proved = new Map<string, Proved>();

  constructor(home: IntakeHome) {
    this.#home = home;
  }

  /** @throws KernelError as `Kernel.accept` */
  async accept(token: string): Promise<CapabilityHandle> {
    const engine = this.#home.engine();
    const { now } = engine;
    const proved = this.#proved.get(token);
    if (proved !== undefined) {
      this.#proved.delete(token);
      if (proved.until > now && engine.authority.isLive(proved.handle.id, now)) {
        this.#proved.set(token, proved);
        return proved.handle;
      }
    }
    return await this.#prove(token, engine);
  }

  async #prove(token: string, { state: { zone }, now }: Engine): Promise<CapabilityHandle> {
    const { issuer, handles } = this.#home;
    if (issuer === undefined)
      throw new KernelError('UnsupportedOperation', 'this kernel takes no tokens', {
        next: 'open it with an issuer of tokens',
      });
    const contents = await issuer.verify(token, zone, now);
    // The zone may have recovered meanwhile, and time has gone on.
    const engine = this.#home.engine();
    checkLog(engine);
    const { handle: id, expiresAt, events } = deriveToken(contents, engine.state, engine.now);
    if (events.length > 0) engine.commit(events);
    if (!engine.idle) await engine.durable();
    const handle = handles.give(id);
    const [oldest] = this.#proved.size < MOST_PROVED ? [] : this.#proved.keys();
    if (oldest !== undefined) this.#proved.delete(oldest);
    const until = now + PROVED_MS;
    this.#proved.set(token, { handle, until: expiresAt === undefined ? until : Math.min(until, expiresAt) });
    return handle;
  }
}
