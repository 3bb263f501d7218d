import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zoneId } from '@tksm/abstractions';
import type {
  CapabilityGrant,
  CapabilityHandle,
  Caveats,
  Command,
  Driver,
  Instant,
  JobOutcome,
  RootKeys,
  TokenIssuer,
  ZoneId,
} from '@tksm/abstractions';
import { biscuitHolder, openBiscuitIssuer } from '@tksm/drivers-biscuit';
import { openDiskRootKeys } from '@tksm/drivers-disk';
import { fsDriver } from '@tksm/drivers-fs';
import { kvDriver } from '@tksm/drivers-kv';
import { seededRandom } from '@tksm/drivers-memory';
import { echo, nap, parent, polite, waiter, writer } from '@tksm/kernel-tests';
import { testKernel } from '@tksm/testing';
import type { TestKernel } from '@tksm/testing';
import { breeder, broker, inner, insistent, service } from './kinds.ts';
import { TokenPieces } from './token-pieces.ts';

/** What must never be read or changed. */
export const SECRET = 'of the outside';
export const OTHER_ZONE = zoneId('f'.repeat(32));

/** What of the world outside is looked at before and after each attack. */
type Look = () => unknown;

interface SceneParts {
  /** Besides `fs` and `kv`. */
  readonly drivers?: readonly Driver[];
  readonly look?: Look;
  /** Of the folder that the driver `fs` has for its root: the files there that no job may touch. */
  readonly refused?: readonly string[];
  readonly close?: () => Promise<void>;
}

/** A kernel with the real drivers over a folder of its own, and the real issuer over root keys on disk. */
export class Scene {
  /** Every token there was. */
  readonly tokens = new TokenPieces();
  readonly keys: RootKeys;
  readonly issuer: TokenIssuer;
  readonly test: TestKernel;
  readonly folder: string;
  readonly #parts: SceneParts;

  private constructor(test: TestKernel, keys: RootKeys, folder: string, parts: SceneParts) {
    this.test = test;
    this.keys = keys;
    this.issuer = openBiscuitIssuer({ keys });
    this.folder = folder;
    this.#parts = parts;
  }

  static async open(parts: SceneParts = {}, folder = temporaryFolder()): Promise<Scene> {
    const keys = openDiskRootKeys({ dir: join(folder, 'keys') });
    const root = join(folder, 'root');
    mkdirSync(join(root, 'corp/deep'), { recursive: true });
    mkdirSync(join(root, 'corp-old'));
    writeFileSync(join(root, 'corp/a.txt'), 'hello');
    writeFileSync(join(root, 'corp-old/a.txt'), SECRET);
    const { drivers = [], refused = [] } = parts;
    const test = await testKernel({
      kinds: [echo, nap, parent, polite, waiter, writer, service, broker, inner, breeder, insistent],
      drivers: [
        fsDriver({ random: seededRandom(folder), root, refused }),
        kvDriver({ quota: { entries: 3, bytes: 1_000 } }),
        ...drivers,
      ],
      tokenIssuer: openBiscuitIssuer({ keys }),
    });
    return new Scene(test, keys, folder, parts);
  }

  get kernel(): TestKernel['kernel'] {
    return this.test.kernel;
  }

  get root(): string {
    return join(this.folder, 'root');
  }

  /** As handles and tokens have it: time of the log, which never goes back. */
  async now(): Promise<Instant> {
    return Math.max(this.test.clock.now(), await this.kernel.read(({ time }) => time));
  }

  /** A handle below the operator's, or another's. */
  grant(
    rights: readonly string[],
    caveats?: Caveats,
    by: CapabilityHandle = this.kernel.operator,
  ): Promise<CapabilityHandle> {
    return this.kernel.derive({ rights, ...(caveats && { caveats }) }, by);
  }

  async mint(grant: CapabilityGrant, zone: ZoneId = this.kernel.zone): Promise<string> {
    return this.noted(await this.issuer.mint(grant, zone));
  }

  async attenuate(token: string, grant: CapabilityGrant): Promise<string> {
    return this.noted(await biscuitHolder.attenuate(token, grant));
  }

  /** Nothing of it may be found in what the kernel says. */
  noted(token: string): string {
    this.tokens.add(token);
    return token;
  }

  /** Submits a task and waits for its end. */
  async run(command: Command, by: CapabilityHandle): Promise<JobOutcome> {
    const { job } = await this.kernel.enqueue(command, by);
    return await this.test.outcome(job);
  }

  /** A call of a driver, as a job of its own. */
  call(driver: string, op: string, input: object, by: CapabilityHandle): Promise<JobOutcome> {
    const command = { kind: 'driver.call', input: { driver, op, ...input }, retry: { maxAttempts: 1 } };
    return this.run(command as Command, by);
  }

  /** Performs an operation. */
  perform(kind: string, input: object, by: CapabilityHandle): Promise<unknown> {
    return this.kernel.perform({ kind, input } as Command, by);
  }

  /** All that an attack might have changed: the state but for jobs, which the log tells of, and what is outside. */
  async look(): Promise<unknown> {
    const inside = await this.kernel.read((state) => ({
      world: [...state.world().scan()],
      handles: [...state.capabilities.list()].map(({ id }) => id),
      revoked: [...state.capabilities.revokedTokens()].map(({ token }) => token),
      agents: [...state.agents.list()].map(({ id, status, inbox, subscriptions }) => [
        id,
        status,
        inbox,
        subscriptions,
      ]),
      schedules: [...state.schedules.list()].map(({ name }) => name),
      supervisors: [...state.supervisors.list()].map(({ id }) => id),
    }));
    return { ...inside, outside: this.#parts.look?.() };
  }

  async close(): Promise<void> {
    await this.test.close();
    await this.#parts.close?.();
    rmSync(this.folder, { recursive: true });
  }
}

/** A folder that is removed with the scene. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'tksm-attacks-'));
}
