import { handleId } from '@tksm/abstractions';
import type { CapabilityGrant, CapabilityHandle, Caveats } from '@tksm/abstractions';
import { testKernel } from '@tksm/testing';
import { attackTable } from './attack-table.ts';
import type { Attack, Attempt } from './attack-table.ts';
import { Scene } from './scene.ts';

const ECHO = { kind: 'echo', input: 1 };
const EVERYTHING = ['*:**'];
const HOUR_MS = 3_600_000;

/** Shows something that is not the handle that was given out. */
const showing =
  (make: (handle: CapabilityHandle, scene: Scene) => unknown) =>
  async (scene: Scene): Promise<Attempt> => {
    const handle = await scene.grant(EVERYTHING);
    return () => scene.run(ECHO, make(handle, scene) as CapabilityHandle);
  };

const LOOK_ALIKES: readonly Attack[] = [
  ['an object with its id', showing(({ id }) => ({ id })), 'CapabilityDenied'],
  ["an object with the operator's id", showing(() => ({ id: 'operator' })), 'CapabilityDenied'],
  ['its id alone', showing(({ id }) => id), 'CapabilityDenied'],
  ['nothing', showing(() => undefined), 'CapabilityDenied'],
  ['null', showing(() => null), 'CapabilityDenied'],
  ['a copy', showing((handle) => structuredClone({ ...handle })), 'CapabilityDenied'],
  [
    'an object that inherits from it',
    showing((handle) => Object.create(handle) as unknown),
    'CapabilityDenied',
  ],
  [
    'an object of its class',
    showing((handle) => Object.create(Object.getPrototypeOf(handle) as object) as unknown),
    'CapabilityDenied',
  ],
  ['a proxy of it', showing((handle) => new Proxy(handle, {})), 'CapabilityDenied'],
  [
    "a proxy of the operator's",
    showing((_, { kernel }) => new Proxy(kernel.operator, {})),
    'CapabilityDenied',
  ],
  [
    'one that another kernel of the same zone gave out',
    async (scene) => {
      const other = await testKernel({});
      const { operator } = other.kernel;
      await other.close();
      return () => scene.run(ECHO, operator);
    },
    'CapabilityDenied',
  ],
  [
    'one of before a crash',
    async (scene) => {
      const handle = await scene.grant(EVERYTHING);
      await scene.test.restart();
      return () => scene.run(ECHO, handle);
    },
    'CapabilityDenied',
  ],
  [
    'one that is known by its id, asked for by who does not hold it',
    async (scene) => {
      const [mine, theirs] = [await scene.grant(EVERYTHING), await scene.grant(EVERYTHING)];
      return async () => scene.kernel.handle(theirs.id, mine);
    },
    'CapabilityDenied',
  ],
  [
    'the one above, asked for from below',
    async (scene) => {
      const above = await scene.grant(EVERYTHING);
      const below = await scene.grant(EVERYTHING, {}, above);
      return async () => scene.kernel.handle(above.id, below);
    },
    'CapabilityDenied',
  ],
  [
    "the operator's, asked for from below",
    async (scene) => {
      const handle = await scene.grant(EVERYTHING);
      return async () => scene.kernel.handle(handleId('operator'), handle);
    },
    'CapabilityDenied',
  ],
];

const revoke = (scene: Scene, { id }: CapabilityHandle, by = scene.kernel.operator): Promise<unknown> =>
  scene.perform('capability.revoke', { handle: id }, by);

const ENDED: readonly Attack[] = [
  [
    'revoked',
    async (scene) => {
      const handle = await scene.grant(EVERYTHING);
      await revoke(scene, handle);
      return () => scene.run(ECHO, handle);
    },
    'CapabilityDenied',
  ],
  [
    'below one that was revoked',
    async (scene) => {
      const above = await scene.grant(EVERYTHING);
      const below = await scene.grant(EVERYTHING, {}, await scene.grant(EVERYTHING, {}, above));
      await revoke(scene, above);
      return () => scene.run(ECHO, below);
    },
    'CapabilityDenied',
  ],
  [
    'revoked, to derive another',
    async (scene) => {
      const handle = await scene.grant(EVERYTHING);
      await revoke(scene, handle);
      return () => scene.grant(EVERYTHING, {}, handle);
    },
    'CapabilityDenied',
  ],
  [
    'expired',
    async (scene) => {
      const handle = await scene.grant(EVERYTHING, { expiresAt: (await scene.now()) + 1_000 });
      await scene.test.advance(1_000);
      return () => scene.run(ECHO, handle);
    },
    'CapabilityDenied',
  ],
  [
    'below one that has expired',
    async (scene) => {
      const above = await scene.grant(EVERYTHING, { expiresAt: (await scene.now()) + 1_000 });
      const below = await scene.grant(EVERYTHING, {}, above);
      await scene.test.advance(1_000);
      return () => scene.run(ECHO, below);
    },
    'CapabilityDenied',
  ],
  [
    'for a job that is to run when it has expired',
    async (scene) => {
      const expiresAt = (await scene.now()) + HOUR_MS;
      const handle = await scene.grant(EVERYTHING, { expiresAt });
      return () => scene.kernel.enqueue({ ...ECHO, notBefore: expiresAt }, handle);
    },
    'CapabilityExpiresFirst',
  ],
  [
    'for a schedule that goes on when it has expired',
    async (scene) => {
      const handle = await scene.grant(EVERYTHING, { expiresAt: (await scene.now()) + HOUR_MS });
      return () => scene.perform('schedule.set', { name: 's', everyMs: 5_000, job: ECHO }, handle);
    },
    'CapabilityExpiresFirst',
  ],
  [
    'while its job runs',
    async (scene) => {
      const handle = await scene.grant(EVERYTHING);
      const { job } = await scene.kernel.enqueue({ kind: 'polite', retry: { maxAttempts: 1 } }, handle);
      await scene.test.runUntilIdle();
      await revoke(scene, handle);
      return () => scene.test.outcome(job);
    },
    'CapabilityDenied',
  ],
];

const PARENT: CapabilityGrant = {
  rights: ['job.submit:echo', 'fs.*:/corp/**', 'kv.get:notes/*'],
  caveats: {
    count: 5,
    rate: { limit: 5, periodMs: 1_000 },
    hosts: ['*.a.example'],
    within: '/corp',
    amount: '10',
    kinds: ['echo'],
  },
  ring: 2,
};

/** Derives a child that is wider than its parent. */
const wider =
  (grant: Partial<CapabilityGrant>) =>
  async ({ kernel, now: _now }: Scene): Promise<Attempt> => {
    const above = await kernel.derive(PARENT, kernel.operator);
    return () => kernel.derive({ rights: ['fs.read:/corp/a'], ...grant }, above);
  };
const rights = (...texts: readonly string[]): Partial<CapabilityGrant> => ({ rights: texts });
const caveats = (given: object): Partial<CapabilityGrant> => ({ caveats: given as Caveats });

const CHILDREN: readonly Attack[] = [
  ['all rights', wider(rights('*:**')), 'CapabilityDenied'],
  ['another kind', wider(rights('job.submit:nap')), 'CapabilityDenied'],
  ['any kind', wider(rights('job.submit:*')), 'CapabilityDenied'],
  ['another action', wider(rights('kv.put:notes/*')), 'CapabilityDenied'],
  ['all actions', wider(rights('kv.*:notes/*')), 'CapabilityDenied'],
  ['a name that goes on', wider(rights('fs.read:/corp-old/**')), 'CapabilityDenied'],
  ['the folder above', wider(rights('fs.read:/*')), 'CapabilityDenied'],
  ['everything below one segment', wider(rights('kv.get:notes/**')), 'CapabilityDenied'],
  ['one segment of any name', wider(rights('kv.get:*/a')), 'CapabilityDenied'],
  ['a relative name', wider(rights('fs.read:corp/**')), 'CapabilityDenied'],
  [
    'a good right and a wider one',
    wider(rights('fs.read:/corp/a', 'fs.read:/etc/passwd')),
    'CapabilityDenied',
  ],
  ['..', wider(rights('fs.read:/corp/../**')), 'InvalidInput'],
  ['a star in a segment', wider(rights('fs.read:/corp/a*')), 'InvalidInput'],
  ['two stars in the middle', wider(rights('fs.read:/corp/**/a')), 'InvalidInput'],
  ['a list in place of a text', wider(rights(['*:**'] as never)), 'InvalidInput'],
  ['no rights', wider(rights()), 'InvalidInput'],
  ['very many rights', wider(rights(...Array.from({ length: 65 }, () => 'fs.read:/corp/a'))), 'InvalidInput'],
  ['more uses', wider(caveats({ count: 6 })), 'CapabilityDenied'],
  ['more uses at once', wider(caveats({ rate: { limit: 6, periodMs: 1_000 } })), 'CapabilityDenied'],
  ['as many in less time', wider(caveats({ rate: { limit: 5, periodMs: 999 } })), 'CapabilityDenied'],
  ['another host', wider(caveats({ hosts: ['b.example'] })), 'CapabilityDenied'],
  ['the host above', wider(caveats({ hosts: ['a.example'] })), 'CapabilityDenied'],
  ['hosts of more names', wider(caveats({ hosts: ['*.example'] })), 'CapabilityDenied'],
  ['another folder', wider(caveats({ within: '/corp-old' })), 'CapabilityDenied'],
  ['the whole tree', wider(caveats({ within: '/' })), 'CapabilityDenied'],
  ['a larger amount', wider(caveats({ amount: '11' })), 'CapabilityDenied'],
  ['kinds besides', wider(caveats({ kinds: ['echo', 'nap'] })), 'CapabilityDenied'],
  ['a caveat that is none', wider(caveats({ region: 'eu' })), 'InvalidInput'],
  ['caveats of __proto__', wider(caveats(JSON.parse('{"__proto__":{"count":9}}') as object)), 'InvalidValue'],
  ['a ring further in', wider({ ring: 1 }), 'CapabilityDenied'],
  ['the ring of the kernel', wider({ ring: 0 }), 'CapabilityDenied'],
  ['a ring that is none', wider({ ring: -1 as never }), 'InvalidInput'],
  [
    'a longer life',
    async (scene) => {
      const expiresAt = (await scene.now()) + HOUR_MS;
      const above = await scene.grant(EVERYTHING, { expiresAt });
      return () => scene.grant(EVERYTHING, { expiresAt: expiresAt + 1 }, above);
    },
    'CapabilityDenied',
  ],
];

const OTHERS: readonly Attack[] = [
  [
    "to cancel another's job",
    async (scene) => {
      const { job } = await scene.kernel.enqueue({ kind: 'nap', input: { ms: 1 } }, scene.kernel.operator);
      const handle = await scene.grant(['job.submit:*', 'job.cancel:echo/*']);
      return () => scene.perform('job.cancel', { job }, handle);
    },
    'CapabilityDenied',
  ],
  [
    "to write into another's inbox",
    async (scene) => {
      const { job } = await scene.kernel.enqueue({ kind: 'nap', input: { ms: 1 } }, scene.kernel.operator);
      const handle = await scene.grant(['job.submit:*']);
      return () => scene.perform('inbox.send', { job, topic: 'go', body: 1 }, handle);
    },
    'CapabilityDenied',
  ],
  [
    "to look at another's job",
    async (scene) => {
      const { job } = await scene.kernel.enqueue(ECHO, scene.kernel.operator);
      const handle = await scene.grant(['job.submit:*']);
      return async () => scene.kernel.mayRead({ job }, handle);
    },
    'CapabilityDenied',
  ],
  [
    'to read all events',
    async (scene) => {
      const handle = await scene.grant(['job.*:**']);
      return async () => scene.kernel.mayRead('events', handle);
    },
    'CapabilityDenied',
  ],
  [
    'to set a variable of another name',
    async (scene) => {
      const handle = await scene.grant(['var.set:mine/*']);
      return () => scene.perform('var.set', { name: 'theirs/a', value: 1 }, handle);
    },
    'CapabilityDenied',
  ],
  [
    'to set a variable by a job that may not',
    async (scene) => {
      const handle = await scene.grant(['job.submit:writer', 'fact.emit:**']);
      const input = { name: 'theirs', value: 1 };
      return () => scene.run({ kind: 'writer', input, retry: { maxAttempts: 1 } }, handle);
    },
    'CapabilityDenied',
  ],
  [
    'to use a secret that it has no right to',
    async (scene) => {
      const handle = await scene.grant(['job.submit:echo']);
      return () => scene.run({ kind: 'echo', input: { $secretRef: 'PASSWORD' } as never }, handle);
    },
    'CapabilityDenied',
  ],
  [
    "to give another's waiting job another input",
    async (scene) => {
      const debounce = { key: 'once', ms: 60_000 };
      await scene.kernel.enqueue({ ...ECHO, debounce } as never, scene.kernel.operator);
      const handle = await scene.grant(['job.submit:echo']);
      return () => scene.kernel.enqueue({ kind: 'echo', input: 2, debounce } as never, handle);
    },
    'CapabilityDenied',
  ],
  [
    'to revoke the handle above it',
    async (scene) => {
      const above = await scene.grant(EVERYTHING);
      const below = await scene.grant(EVERYTHING, {}, above);
      return () => revoke(scene, above, below);
    },
    'CapabilityDenied',
  ],
  [
    'to revoke the handle beside it',
    async (scene) => {
      const [mine, theirs] = [await scene.grant(EVERYTHING), await scene.grant(EVERYTHING)];
      return () => revoke(scene, theirs, mine);
    },
    'CapabilityDenied',
  ],
  [
    'to revoke a token without the right',
    async (scene) => {
      const handle = await scene.grant(['job.*:**']);
      return () => scene.perform('token.revoke', { id: 'ab'.repeat(64) }, handle);
    },
    'CapabilityDenied',
  ],
];

attackTable('an attack by a handle', () => Scene.open(), {
  'a look-alike': LOOK_ALIKES,
  ended: ENDED,
  'a wider child': CHILDREN,
  "what is another's": OTHERS,
});
