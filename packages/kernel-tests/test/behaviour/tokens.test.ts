import type { CapabilityGrant, CapabilityHandle, JobId, ZoneId } from '@tksm/abstractions';
import { createMemorySnapshots } from '@tksm/drivers-memory';
import { AuthorityAuditor, codeOf, echo, idsOf, nap, PaperTokens, withKernel } from '@tksm/kernel-tests';
import type { TestKernel } from '@tksm/testing';
import { describe, expect, it } from 'vitest';

const kinds = [echo, nap];
const ALL: CapabilityGrant = { rights: ['*:**'] };

/** A kernel that takes paper tokens. */
const withTokens = (body: (test: TestKernel, tokens: PaperTokens) => Promise<void>, seed = 'test') => {
  const tokens = new PaperTokens();
  return withKernel({ kinds, tokenIssuer: tokens, seed }, (test) => body(test, tokens));
};
const submit = ({ kernel }: TestKernel, handle: CapabilityHandle, ms = 1) =>
  kernel.enqueue({ kind: nap, input: { ms } }, handle);
const revoke = ({ kernel }: TestKernel, id: string | undefined, more: object = {}, by = kernel.operator) =>
  kernel.perform({ kind: 'token.revoke', input: { id, ...more } }, by);
const typesOf = async (test: TestKernel): Promise<readonly string[]> =>
  (await test.events()).map(({ event }) => event.type).filter((type) => !type.startsWith('job.'));
const handlesOf = ({ kernel }: TestKernel) =>
  kernel.read(({ capabilities }) => [...capabilities.list()].map(({ id }) => id));
const endOf = async (test: TestKernel, job: JobId) => await test.outcome(job);

describe('an accepted token', () => {
  it(
    'is a handle for each of its blocks, made once, in one group, with what the block allows',
    withTokens(async (test, tokens) => {
      const { kernel } = test;
      const minted = await tokens.mint({ rights: ['job.submit:*', 'var.set:a'], note: 'ours' }, kernel.zone);
      const guest = tokens.append(minted, { rights: ['job.submit:nap'], caveats: { count: 9 } });
      const handle = await kernel.accept(guest);
      const [top, below] = await kernel.read(({ capabilities }) => [...capabilities.list()]);
      const [first, second] = idsOf(guest);
      expect(top).toMatchObject({ parent: 'operator', token: first, note: 'ours' });
      expect(below).toMatchObject({ id: handle.id, parent: top?.id, token: second, caveats: { count: 9 } });
      expect(below?.position).toBe((top?.position ?? 0) + 1);
      expect(below?.time).toBe(top?.time);
      await endOf(test, (await submit(test, handle)).job);
      expect(await codeOf(kernel.perform({ kind: 'var.set', input: { name: 'a', value: 1 } }, handle))).toBe(
        'CapabilityDenied',
      );
      expect((await kernel.accept(guest)).id).toBe(handle.id);
      expect((await kernel.accept(minted)).id).toBe(top?.id);
      await test.restart();
      expect((await test.kernel.accept(guest)).id).toBe(handle.id);
      const derived = (await typesOf(test)).filter((type) => type === 'capability.derived');
      expect(derived).toHaveLength(2);
    }),
  );

  it(
    'is proved once in a while, not each time',
    withTokens(async (test, tokens) => {
      const token = await tokens.mint(ALL, test.kernel.zone);
      const { id } = await test.kernel.accept(token);
      for (let n = 0; n < 5; n++) expect((await test.kernel.accept(token)).id).toBe(id);
      expect(tokens.proofs).toBe(1);
      await test.advance(61_000);
      await test.kernel.accept(token);
      expect(tokens.proofs).toBe(2);
    }),
  );

  it(
    'has one count over all who present it, those attenuated from it, and restarts; to accept is no use',
    withTokens(async (test, tokens) => {
      const minted = await tokens.mint({ ...ALL, caveats: { count: 3 } }, test.kernel.zone);
      const one = tokens.append(minted, { rights: ['job.submit:*'] });
      const other = tokens.append(minted, { rights: ['job.submit:*'], caveats: { count: 1 } });
      await submit(test, await test.kernel.accept(one));
      await submit(test, await test.kernel.accept(other));
      expect(await codeOf(submit(test, await test.kernel.accept(other)))).toBe('CapabilityDenied');
      await test.restart();
      await submit(test, await test.kernel.accept(one));
      for (const token of [minted, one, other])
        expect(await codeOf(submit(test, await test.kernel.accept(token)))).toBe('CapabilityDenied');
    }),
  );

  it(
    'lets nobody start again with a fresh count: who ends its handle ends the token',
    withTokens(async (test, tokens) => {
      const token = await tokens.mint({ ...ALL, caveats: { count: 1 } }, test.kernel.zone);
      const handle = await test.kernel.accept(token);
      await submit(test, handle);
      await test.kernel.perform({ kind: 'capability.revoke', input: { handle: handle.id } }, handle);
      expect(await codeOf(test.kernel.accept(token))).toBe('TokenRevoked');
      await test.restart();
      expect(await codeOf(test.kernel.accept(token))).toBe('TokenRevoked');
    }),
  );

  it(
    'is looked with only at what it may see',
    withTokens(async (test, tokens) => {
      const { kernel } = test;
      const { job: foreign } = await test.enqueue({ kind: echo, input: 1 });
      const handle = await kernel.accept(await tokens.mint({ rights: ['job.submit:*'] }, kernel.zone));
      const { job: own } = await submit(test, handle);
      expect(() => {
        kernel.mayRead({ job: own }, handle);
      }).not.toThrow();
      for (const what of [{ job: foreign }, 'events', 'health'] as const) {
        expect(() => {
          kernel.mayRead(what, handle);
        }).toThrow(expect.objectContaining({ code: 'CapabilityDenied' }));
        expect(() => {
          kernel.mayRead(what, kernel.operator);
        }).not.toThrow();
      }
      const rights = ['job.get:echo/*', 'event.read:zone', 'health.get:zone'];
      const reader = await kernel.accept(await tokens.mint({ rights }, kernel.zone));
      for (const what of [{ job: foreign }, 'events', 'health'] as const) {
        expect(() => {
          kernel.mayRead(what, reader);
        }).not.toThrow();
      }
    }),
  );
});

describe('a revoked token', () => {
  it(
    'is accepted no more, nor is any made from it, and what runs by it ends',
    withTokens(async (test, tokens) => {
      const minted = await tokens.mint(ALL, test.kernel.zone);
      const guest = tokens.append(minted, { rights: ['job.submit:*'] });
      const handle = await test.kernel.accept(guest);
      const { job } = await submit(test, handle, 60_000);
      await test.runUntilIdle();
      const [first] = idsOf(minted);
      expect((await revoke(test, first, { reason: 'lost' })).output).toMatchObject({ revoked: true });
      expect(await endOf(test, job)).toMatchObject({ error: { code: 'CapabilityDenied' } });
      expect(await handlesOf(test)).toEqual([]);
      expect(await codeOf(submit(test, handle))).toBe('CapabilityDenied');
      const later = tokens.append(minted, { rights: ['job.submit:nap'] });
      for (const token of [minted, guest, later])
        expect(await codeOf(test.kernel.accept(token))).toBe('TokenRevoked');
      await test.restart();
      expect(await codeOf(test.kernel.accept(later))).toBe('TokenRevoked');
      expect((await revoke(test, first)).output).toMatchObject({ revoked: false });
    }),
  );

  it(
    'may be one that was never seen; the block above it lives on',
    withTokens(async (test, tokens) => {
      const minted = await tokens.mint(ALL, test.kernel.zone);
      const guest = tokens.append(minted, ALL);
      await revoke(test, idsOf(guest)[1]);
      expect(await codeOf(test.kernel.accept(guest))).toBe('TokenRevoked');
      expect(await codeOf(test.kernel.accept(minted))).toBe('resolved');
    }),
  );

  it(
    'is remembered until it would have expired, and no revocation makes that shorter',
    withTokens(async (test, tokens) => {
      const expiresAt = test.clock.now() + 60_000;
      const brief = await tokens.mint({ ...ALL, caveats: { expiresAt } }, test.kernel.zone);
      const [id] = idsOf(brief);
      await test.kernel.accept(brief);
      await revoke(test, id, { expiresAt: 1 });
      const remembered = () => test.kernel.read(({ capabilities }) => [...capabilities.revokedTokens()]);
      expect(await remembered()).toMatchObject([{ token: id, expiresAt }]);
      const other = idsOf(await tokens.mint(ALL, test.kernel.zone))[0];
      expect((await revoke(test, other, { expiresAt: 1 })).output).toMatchObject({ revoked: false });
      await revoke(test, other, { expiresAt: expiresAt + 1 });
      await revoke(test, other);
      await test.advance(61_000);
      await revoke(test, 'ab'.repeat(64));
      expect((await remembered()).map(({ token }) => token).sort()).toEqual([other, 'ab'.repeat(64)].sort());
    }),
  );

  it(
    'is revoked by who has the right on its id, and by no other',
    withTokens(async (test, tokens) => {
      const { kernel } = test;
      const [id = ''] = idsOf(await tokens.mint(ALL, kernel.zone));
      const may = await kernel.derive({ rights: [`token.revoke:${id}`] }, kernel.operator);
      expect(await codeOf(revoke(test, 'ab'.repeat(64), {}, may))).toBe('CapabilityDenied');
      expect(await codeOf(revoke(test, id, {}, may))).toBe('resolved');
      for (const wrong of ['', 'AB'.repeat(64), 'ab', 'x'.repeat(128), '../'.repeat(20)])
        expect(await codeOf(revoke(test, wrong))).toBe('InvalidInput');
    }),
  );

  it(
    'says nothing of what it was given in place of an id, to nobody',
    withTokens(async (test, tokens) => {
      const { kernel } = test;
      const token = await tokens.mint(ALL, kernel.zone);
      const guest = await kernel.derive({ rights: ['var.get:x'] }, kernel.operator);
      const error: unknown = await revoke(test, token, {}, guest).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'InvalidInput' });
      expect(JSON.stringify(error) + String(error)).not.toContain(token);
      expect(JSON.stringify(await test.events())).not.toContain(token);
    }),
  );
});

it('is known to be revoked, and how much it was used, from a snapshot, too', async () => {
  const tokenIssuer = new PaperTokens();
  const options = { kinds, tokenIssuer, snapshots: createMemorySnapshots(), snapshotEveryEvents: 5 };
  await withKernel(options, async (test) => {
    const lost = await tokenIssuer.mint(ALL, test.kernel.zone);
    const counted = await tokenIssuer.mint({ ...ALL, caveats: { count: 2 } }, test.kernel.zone);
    await revoke(test, idsOf(lost)[0]);
    await submit(test, await test.kernel.accept(counted));
    for (let n = 0; n < 10; n++) await test.run({ kind: echo, input: n });
    await test.restart();
    expect(await codeOf(test.kernel.accept(lost))).toBe('TokenRevoked');
    await submit(test, await test.kernel.accept(counted));
    expect(await codeOf(submit(test, await test.kernel.accept(counted)))).toBe('CapabilityDenied');
  })();
});

describe('a handle that expires', () => {
  it(
    'leaves the state with all below it when its time has come, and ends what runs, by one alarm',
    withTokens(async (test, tokens) => {
      const expiresAt = test.clock.now() + 10_000;
      const minted = await tokens.mint({ ...ALL, caveats: { expiresAt } }, test.kernel.zone);
      const guest = tokens.append(minted, { rights: ['job.submit:*'] });
      const handle = await test.kernel.accept(guest);
      const { job } = await submit(test, handle, 3_600_000);
      await test.advance(9_999);
      expect(await handlesOf(test)).toHaveLength(2);
      await test.advance(1);
      expect(await endOf(test, job)).toMatchObject({ error: { code: 'CapabilityDenied' } });
      expect(await handlesOf(test)).toEqual([]);
      expect((await typesOf(test)).filter((type) => type === 'capability.expired')).toHaveLength(1);
      expect(await codeOf(test.kernel.accept(guest))).toBe('TokenExpired');
    }),
  );

  it(
    'leaves it at the start, when it expired meanwhile',
    withTokens(async (test) => {
      const expiresAt = test.clock.now() + 10_000;
      await test.kernel.derive({ ...ALL, caveats: { expiresAt } }, test.kernel.operator);
      test.clock.jumpBy(20_000);
      await test.restart();
      await test.runUntilIdle();
      expect(await handlesOf(test)).toEqual([]);
    }),
  );

  it(
    'does not live again when the clock is set back',
    withTokens(async (test, tokens) => {
      const expiresAt = test.clock.now() + 10_000;
      const token = await tokens.mint({ ...ALL, caveats: { expiresAt } }, test.kernel.zone);
      const handle = await test.kernel.accept(token);
      await test.advance(20_000);
      test.clock.jumpBy(-3_600_000);
      expect(await codeOf(test.kernel.accept(token))).toBe('TokenExpired');
      expect(await codeOf(submit(test, handle))).toBe('CapabilityDenied');
      await test.restart();
      expect(await codeOf(test.kernel.accept(token))).toBe('TokenExpired');
      expect(await handlesOf(test)).toEqual([]);
    }),
  );
});

describe('an attack by a token', () => {
  it(
    'is denied and recorded nowhere, also when an issuer believes it',
    withTokens(async (test, tokens) => {
      const { kernel } = test;
      const { zone } = kernel;
      const minted = await tokens.mint({ rights: ['job.submit:nap'], caveats: { count: 2 } }, zone);
      const [first] = (JSON.parse(minted) as { blocks: unknown[] }).blocks;
      const second = tokens.block({ rights: ['job.submit:nap'] });
      const text = (...blocks: readonly unknown[]) => JSON.stringify({ zone, rootKey: 1, blocks });
      const many = Array.from({ length: 65 }, (_, n) => `kv.put:k${n}`);
      const attacks: readonly (readonly [string, string])[] = [
        ['TokenInvalid', 'no token'],
        ['TokenInvalid', await tokens.mint(ALL, 'f'.repeat(32) as ZoneId)],
        ['TokenInvalid', text()],
        ['TokenInvalid', text(first, first)],
        ['TokenInvalid', text({ grant: ALL, revocationId: '' })],
        ['TokenInvalid', text({ grant: ALL, revocationId: '../operator'.repeat(4) })],
        ['CapabilityDenied', tokens.append(minted, ALL)],
        ['CapabilityDenied', tokens.append(minted, { rights: ['job.submit:*'] })],
        ['CapabilityDenied', tokens.append(minted, { rights: ['job.submit:nap'], caveats: { count: 3 } })],
        ['TokenTooLarge', await tokens.mint({ rights: many }, zone)],
        ['TokenTooLarge', await tokens.mint({ rights: [] }, zone)],
        ['TokenTooLarge', await tokens.mint({ ...ALL, note: 'n'.repeat(257) }, zone)],
      ];
      for (const [code, token] of attacks)
        expect([code, await codeOf(kernel.accept(token))]).toEqual([code, code]);
      expect(await handlesOf(test)).toEqual([]);
      await kernel.accept(text(first, second));
      // A block that is known, after another one or as the first.
      const stranger = tokens.block({ rights: ['job.submit:nap'] });
      for (const blocks of [[second], [second, first], [stranger, second], [stranger, first]])
        expect(await codeOf(kernel.accept(text(...blocks)))).toBe('TokenInvalid');
      await revoke(test, second.revocationId);
      for (const blocks of [[first, second], [stranger, second], [second]])
        expect(await codeOf(kernel.accept(text(...blocks)))).toBe('TokenRevoked');
      expect(await handlesOf(test)).toHaveLength(1);
    }),
  );

  it(
    'in masses takes the room of nobody but itself, and none from the operator',
    withTokens(async (test, tokens) => {
      const { kernel } = test;
      const minted = await tokens.mint(ALL, kernel.zone);
      const greedy = tokens.append(minted, ALL);
      const flood = async (from: string): Promise<number> => {
        for (let made = 0; ; made++)
          if ((await codeOf(kernel.accept(tokens.append(from, ALL)))) === 'TooManyCapabilities') return made;
      };
      expect(await flood(greedy)).toBe(100);
      expect(await codeOf(kernel.accept(tokens.append(minted, ALL)))).toBe('resolved');
      const busy = await kernel.accept(tokens.append(minted, ALL));
      for (let made = 0; made < 100; made++) await kernel.derive(ALL, busy);
      expect(await codeOf(kernel.derive(ALL, busy))).toBe('TooManyCapabilities');
      expect(await flood(minted)).toBe(1_000 - 203);
      expect(await codeOf(kernel.accept(await tokens.mint(ALL, kernel.zone)))).toBe('resolved');
      expect(await codeOf(kernel.derive(ALL, kernel.operator))).toBe('resolved');
    }),
  );

  it(
    'leaves a log in which every effect was allowed',
    withTokens(async (test, tokens) => {
      const minted = await tokens.mint({ ...ALL, caveats: { count: 4 } }, test.kernel.zone);
      const guest = tokens.append(minted, { rights: ['job.submit:*', 'token.revoke:*'] });
      const handle = await test.kernel.accept(guest);
      await endOf(test, (await submit(test, handle)).job);
      await revoke(test, idsOf(guest)[1], {}, handle);
      expect(await codeOf(submit(test, handle))).toBe('CapabilityDenied');
      const auditor = new AuthorityAuditor();
      for (const event of await test.events()) auditor.take(event);
    }),
  );

  it(
    'comes to nothing where no tokens are taken',
    withKernel({ kinds }, async ({ kernel }) => {
      expect(await codeOf(kernel.accept('{}'))).toBe('UnsupportedOperation');
    }),
  );
});
