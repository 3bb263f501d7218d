import { coversRight, isKernelError, parseRight } from '@tksm/abstractions';
import type { CapabilityGrant, CapabilityHandle, HandleId, TokenContents } from '@tksm/abstractions';
import { AuthorityAuditor, echo, idsOf, nap, PaperTokens, writer } from '@tksm/kernel-tests';
import type { Effect } from '@tksm/kernel-tests';
import { testKernel } from '@tksm/testing';
import type { TestKernel } from '@tksm/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';

/** TKSM_FULL=1: more than 100,000 operations, as the project promises; otherwise as many as a test run has time for. */
const [RUNS, ACTS] = process.env.TKSM_FULL === '1' ? [1_500, 120] : [100, 60];

const RIGHTS = ['*:**', 'job.*:**', 'job.submit:*', 'job.submit:echo', 'job.submit:writer'];
RIGHTS.push('var.*:**', 'var.set:a/**', 'var.set:a/*', 'var.set:a/b', 'fact.emit:**', 'job.cancel:nap/*');
const NAMES = ['a', 'a/b', 'a/b/c', 'ab', 'b'];
/** Drawn caveats name times from now on. */
const caveats = fc.record(
  {
    expiresAt: fc.integer({ min: 1, max: 30_000 }),
    count: fc.integer({ min: 1, max: 6 }),
    rate: fc.record({ limit: fc.integer({ min: 1, max: 3 }), periodMs: fc.constantFrom(1_000, 9_000) }),
    kinds: fc.subarray(['echo', 'nap', 'writer'], { minLength: 1 }),
  },
  { requiredKeys: [] },
);
const who = fc.nat({ max: 30 });
const act = fc.oneof(
  fc.record({
    what: fc.constant('derive' as const),
    ...{ who, caveats, rights: fc.subarray(RIGHTS, { minLength: 1 }), isCopy: fc.boolean() },
  }),
  fc.record({ what: fc.constant('revoke' as const), who, whom: who }),
  fc.record({
    what: fc.constant('accept' as const),
    ...{
      nth: fc.nat({ max: 20 }),
      isMinted: fc.boolean(),
      caveats,
      rights: fc.subarray(RIGHTS, { minLength: 1 }),
    },
  }),
  fc.record({ what: fc.constant('disown' as const), nth: fc.nat({ max: 20 }), block: fc.nat({ max: 3 }) }),
  fc.record({ what: fc.constant('echo' as const), who }),
  fc.record({ what: fc.constant('nap' as const), who }),
  fc.record({ what: fc.constant('write' as const), who, name: fc.constantFrom(...NAMES) }),
  fc.record({ what: fc.constant('set' as const), who, name: fc.constantFrom(...NAMES) }),
  fc.record({ what: fc.constant('cancel' as const), who, nth: fc.nat({ max: 20 }) }),
  fc.record({ what: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 4_000 }) }),
  fc.record({ what: fc.constant('restart' as const) }),
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

/** Lives through acts by whoever is there, and notes what the kernel answered. */
class Tree {
  readonly handles: HandleId[] = [];
  readonly #tokens: string[] = [];
  readonly #test: TestKernel;
  readonly #issuer: PaperTokens;
  allowed = 0;
  denied = 0;
  readonly #auditor = new AuthorityAuditor();
  #audited = 0;
  readonly #naps: string[] = [];

  constructor(test: TestKernel, issuer: PaperTokens) {
    this.#test = test;
    this.#issuer = issuer;
  }

  async live(one: Act): Promise<void> {
    if (one.what === 'pass') return await this.#test.advance(one.ms);
    if (one.what === 'restart') return await this.#test.restart();
    if (one.what === 'accept') return await this.#accept(one);
    if (one.what === 'disown') return await this.#disown(one);
    const by = this.#who(one.who);
    if (one.what === 'derive') await this.#derive(by, one.isCopy ? await this.#copyOf(by, one) : one);
    else if (one.what === 'revoke') await this.#try(by, 'capability.revoke', { handle: this.#who(one.whom) });
    else if (one.what === 'set') await this.#set(by, one.name);
    else if (one.what === 'cancel') await this.#try(by, 'job.cancel', { job: this.#naps[one.nth] ?? '' });
    else if (one.what === 'write') await this.#submit(by, 'writer', { name: one.name, value: 1 });
    else await this.#submit(by, one.what, { ms: 3_000 });
  }

  /** A token that was minted, or attenuated by somebody who may have no right to. The same one is the same handle. */
  async #accept({ nth, isMinted, ...drawn }: Extract<Act, { what: 'accept' }>): Promise<void> {
    const { kernel } = this.#test;
    const grant = this.#grantOf(drawn);
    const above = isMinted ? undefined : this.#tokens[nth % Math.max(1, this.#tokens.length)];
    const token =
      above === undefined
        ? await this.#issuer.mint(grant, kernel.zone)
        : this.#issuer.append(above, { ...grant, rights: nth % 3 === 0 ? grant.rights : rightsIn(above) });
    const accepted = await kernel.accept(token).catch(typed);
    if (typeof accepted === 'string') return;
    expect((await kernel.accept(token)).id).toBe(accepted.id);
    this.#tokens.push(token);
    this.handles.push(accepted.id);
  }

  /** Revokes a block, and with it all tokens that have it. */
  async #disown({ nth, block }: Extract<Act, { what: 'disown' }>): Promise<void> {
    const { kernel } = this.#test;
    const token = this.#tokens[nth % Math.max(1, this.#tokens.length)];
    if (token === undefined) return;
    const ids = idsOf(token);
    const id = ids[block % ids.length] ?? '';
    await kernel.perform({ kind: 'token.revoke', input: { id } }, kernel.operator);
    for (const one of this.#tokens.filter((each) => idsOf(each).includes(id)))
      expect(await kernel.accept(one).catch(typed)).toMatch(/^Token(?:Revoked|Expired)$/);
  }

  /** Every handle is within the one above it. */
  async checkTree(): Promise<void> {
    const all = await this.#test.kernel.read(({ capabilities }) => [...capabilities.list()]);
    const byId = new Map(all.map((record) => [record.id, record]));
    for (const { parent, rights } of all) {
      const granted = byId.get(parent)?.rights.map(parseRight);
      if (granted === undefined) expect(parent).toBe(this.#test.kernel.operator.id);
      else
        expect(rights.map(parseRight).every((one) => granted.some((has) => coversRight(has, one)))).toBe(
          true,
        );
    }
  }

  #who(n: number): HandleId {
    const { operator } = this.#test.kernel;
    return n === 0 ? operator.id : (this.handles[n % Math.max(1, this.handles.length)] ?? operator.id);
  }

  /** What a handle has, as a grant: so that trees grow deep. */
  async #copyOf(by: HandleId, drawn: CapabilityGrant): Promise<CapabilityGrant> {
    const record = await this.#test.kernel.read(({ capabilities }) => capabilities.get(by));
    return record === undefined ? drawn : { rights: record.rights };
  }

  /** With its expiry from now on. */
  #grantOf({ rights, caveats: drawn = {} }: CapabilityGrant): CapabilityGrant {
    const { clock } = this.#test;
    const expiresAt = drawn.expiresAt === undefined ? {} : { expiresAt: clock.now() + drawn.expiresAt };
    return { rights, caveats: { ...drawn, ...expiresAt } };
  }

  async #derive(by: HandleId, drawn: CapabilityGrant): Promise<void> {
    const holder = this.#handle(by);
    if (holder === undefined) return;
    const made = await this.#test.kernel.derive(this.#grantOf(drawn), holder).catch(typed);
    if (typeof made !== 'string') this.handles.push(made.id);
  }

  async #submit(by: HandleId, kind: string, input: object): Promise<void> {
    await this.#ask(by, { action: 'job.submit', resource: kind, kind }, async (holder) => {
      const { job } = await this.#test.kernel.enqueue({ kind, input }, holder);
      if (kind === 'nap') this.#naps.push(job);
    });
  }

  #set(by: HandleId, name: string): Promise<void> {
    const input = { name, value: 1 };
    return this.#ask(by, { action: 'var.set', resource: name }, (holder) =>
      this.#test.kernel.perform({ kind: 'var.set', input }, holder),
    );
  }

  async #try(by: HandleId, kind: string, input: object): Promise<void> {
    const holder = this.#handle(by);
    if (holder !== undefined) await this.#test.kernel.perform({ kind, input }, holder).catch(typed);
  }

  /** The auditor says beforehand what the kernel has to answer. */
  async #ask(
    by: HandleId,
    effect: Effect,
    call: (holder: CapabilityHandle) => Promise<unknown>,
  ): Promise<void> {
    await this.#test.runUntilIdle();
    await this.audit();
    const holder = this.#handle(by);
    if (holder === undefined) return;
    const fault =
      by === this.#test.kernel.operator.id
        ? undefined
        : this.#auditor.faultOf(by, effect, this.#test.clock.now());
    const code = await call(holder).then(() => 'allowed', typed);
    expect([code, fault]).toEqual(fault === undefined ? ['allowed', fault] : ['CapabilityDenied', fault]);
    if (by !== this.#test.kernel.operator.id) this[fault === undefined ? 'allowed' : 'denied'] += 1;
  }

  /** Looks at what the log has since the last time. */
  async audit(): Promise<void> {
    const events = await this.#test.events();
    for (const event of events.slice(this.#audited)) this.#auditor.take(event);
    this.#audited = events.length;
  }

  #handle(id: HandleId): CapabilityHandle | undefined {
    try {
      return this.#test.kernel.handle(id, this.#test.kernel.operator);
    } catch {
      return undefined;
    }
  }
}

function rightsIn(token: string): readonly string[] {
  return (JSON.parse(token) as TokenContents).blocks.at(-1)?.grant.rights ?? [];
}

function typed(error: unknown): string {
  if (isKernelError(error)) return error.code;
  throw error;
}

it('records no effect that no live handle allowed, whoever does what, over revocations, time and restarts', async () => {
  let [allowed, denied] = [0, 0];
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: ACTS / 2, maxLength: ACTS, size: 'max' }), async (acts) => {
      const tokenIssuer = new PaperTokens();
      const test = await testKernel({ kinds: [echo, nap, writer], concurrency: 3, tokenIssuer });
      const tree = new Tree(test, tokenIssuer);
      for (const one of acts) await tree.live(one);
      await test.runUntilIdle();
      await tree.audit();
      await tree.checkTree();
      allowed += tree.allowed;
      denied += tree.denied;
      await test.close();
    }),
    { numRuns: RUNS },
  );
  // Else it would prove nothing.
  expect(allowed).toBeGreaterThan(RUNS);
  expect(denied).toBeGreaterThan(RUNS);
}, 900_000);
