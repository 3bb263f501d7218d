import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CapabilityGrant, TokenIssuer } from '@tksm/abstractions';
import { openBiscuitIssuer } from '@tksm/drivers-biscuit';
import { openDiskRootKeys } from '@tksm/drivers-disk';
import { attackTable } from './attack-table.ts';
import type { Attack, Attempt } from './attack-table.ts';
import { extended, flipped, joined, partsOf } from './forge.ts';
import { OTHER_ZONE, Scene } from './scene.ts';

const GRANT: CapabilityGrant = { rights: ['job.submit:echo', 'fs.read:/corp/**'], caveats: { count: 5 } };
const LESS: CapabilityGrant = { rights: ['job.submit:echo'] };
const ECHO = { kind: 'echo', input: 1 };

/** A token and those attenuated from it, one after the other. */
async function chainOf(scene: Scene, grant = GRANT, length = 4): Promise<readonly string[]> {
  const chain = [await scene.mint(grant)];
  while (chain.length < length) {
    chain.push(await scene.attenuate(chain.at(-1) ?? '', { ...LESS, note: `${chain.length}` }));
  }
  return chain;
}

const accepting = (scene: Scene, token: unknown): Attempt => {
  if (typeof token === 'string') scene.noted(token);
  return () => scene.kernel.accept(token as string);
};

/** A token that is changed before it is shown. */
const changed =
  (change: (token: string) => unknown) =>
  async (scene: Scene): Promise<Attempt> =>
    accepting(scene, change(await scene.mint(GRANT)));

/** A token of other blocks: its parts are its beginning, two blocks, and one with the proof. */
const rebuilt =
  (change: (parts: readonly Buffer[], proof: Buffer | undefined) => readonly (Buffer | undefined)[]) =>
  async (scene: Scene): Promise<Attempt> => {
    const chain = await chainOf(scene);
    const [, proof] = partsOf([chain[0] ?? '', chain[0] ?? '']);
    const parts = partsOf(chain);
    const first = Buffer.from(chain[0] ?? '', 'base64url');
    return accepting(
      scene,
      joined(change(parts, proof?.length === 0 ? first.subarray(parts[0]?.length) : proof)),
    );
  };

/** A token with a block that its holder wrote with other tools. */
const written =
  (datalog: string, grant: CapabilityGrant = GRANT) =>
  async (scene: Scene): Promise<Attempt> =>
    accepting(scene, await extended(await scene.mint(grant), datalog, scene.keys));

/** An issuer whose keys have the same ids. */
function impostor({ folder }: Scene): TokenIssuer {
  const dir = join(folder, 'impostor');
  mkdirSync(dir, { recursive: true });
  return openBiscuitIssuer({ keys: openDiskRootKeys({ dir }) });
}

/** Tries with a clock that is behind the log. */
function setBack({ test: { clock } }: Scene, attempt: Attempt): Attempt {
  return async () => {
    clock.jumpBy(-1_500);
    try {
      return await attempt();
    } finally {
      clock.jumpBy(1_500);
    }
  };
}

async function revokeBlock(scene: Scene, token: string, block: number): Promise<void> {
  const { blocks } = await scene.issuer.verify(token, scene.kernel.zone, await scene.now());
  await scene.perform('token.revoke', { id: blocks[block]?.revocationId }, scene.kernel.operator);
}

const FORGED: readonly Attack[] = [
  [
    'signed by another root key of the same id',
    async (scene) => accepting(scene, await impostor(scene).mint(GRANT, scene.kernel.zone)),
    'TokenInvalid',
  ],
  [
    'signed by the key of an id that there is not',
    async (scene) => {
      const keys = openDiskRootKeys({ dir: join(scene.folder, 'rotated') });
      await keys.newest();
      await keys.rotate();
      await keys.rotate();
      return accepting(scene, await openBiscuitIssuer({ keys }).mint(GRANT, scene.kernel.zone));
    },
    'TokenInvalid',
  ],
  [
    'the first block of another root key before the blocks of ours',
    async (scene) => {
      const [, ...ours] = partsOf(await chainOf(scene));
      const theirs = await impostor(scene).mint(GRANT, scene.kernel.zone);
      const [first] = partsOf([theirs, await scene.attenuate(theirs, LESS)]);
      return accepting(scene, joined([first, ...ours]));
    },
    'TokenInvalid',
  ],
  ['nothing', changed(() => ''), 'TokenInvalid'],
  ['no text', changed(() => undefined), 'TokenInvalid'],
  ['an object that turns into the text', changed((token) => ({ toString: () => token })), 'TokenInvalid'],
  ['deeply nested JSON', changed(() => '['.repeat(4_000) + ']'.repeat(4_000)), 'TokenInvalid'],
  [
    'deeply nested JSON, encoded',
    changed(() => Buffer.from('[{"a":'.repeat(1_000)).toString('base64url')),
    'TokenInvalid',
  ],
  [
    'deeply nested messages',
    changed(() => joined([Buffer.concat(Array.from({ length: 2_000 }, () => Buffer.of(0x12, 0x7f)))])),
    'TokenInvalid',
  ],
  ['its own text twice', changed((token) => token + token), 'TokenInvalid'],
  ['a blank at its end', changed((token) => `${token} `), 'TokenInvalid'],
  ['a line break in it', changed((token) => `${token.slice(0, 80)}\n${token.slice(80)}`), 'TokenInvalid'],
  ['NUL at its end', changed((token) => `${token}\0`), 'TokenInvalid'],
  ['the other alphabet', changed((token) => `${token.slice(0, -4)}+/+/`), 'TokenInvalid'],
  [
    'a byte more',
    changed((token) => joined([Buffer.from(token, 'base64url'), Buffer.of(0)])),
    'TokenInvalid',
  ],
  ['one character too long', changed(() => 'A'.repeat(8_193)), 'TokenTooLarge'],
  ['a hundred thousand characters', changed((token) => token + 'A'.repeat(100_000)), 'TokenTooLarge'],
  ...[0.02, 0.2, 0.4, 0.6, 0.8, 0.98].map((part): Attack => [
    `cut off after ${part * 100} %`,
    changed((token) => token.slice(0, Math.floor((token.length * part) / 4) * 4)),
    'TokenInvalid',
  ]),
  [
    'cut off before the last byte',
    changed((token) => joined([Buffer.from(token, 'base64url').subarray(0, -1)])),
    'TokenInvalid',
  ],
  ...[0, 0.1, 0.25, 0.5, 0.7, 0.85, 1].map((part, bit): Attack => [
    `bit ${bit} flipped after ${part * 100} %`,
    changed((token) => flipped(token, part, bit)),
    'TokenInvalid',
  ]),
];

const CHAIN: readonly Attack[] = [
  [
    'two blocks in turned order',
    rebuilt(([first, one, two, last]) => [first, two, one, last]),
    'TokenInvalid',
  ],
  ['a block left out', rebuilt(([first, , two, last]) => [first, two, last]), 'TokenInvalid'],
  ['all blocks between left out', rebuilt(([first, , , last]) => [first, last]), 'TokenInvalid'],
  ['a block twice', rebuilt(([first, one, two, last]) => [first, one, one, two, last]), 'TokenInvalid'],
  [
    'the first block twice',
    rebuilt(([first, one, two, last]) => [first, first, one, two, last]),
    'TokenInvalid',
  ],
  ['no first block', rebuilt(([, one, two, last]) => [one, two, last]), 'TokenInvalid'],
  ['no proof', rebuilt(([first, one, two]) => [first, one, two]), 'TokenInvalid'],
  ['no blocks', rebuilt(([, , , last]) => [last]), 'TokenInvalid'],
  [
    'the proof of a shorter one',
    rebuilt(([first, one, two], proof) => [first, one, two, proof]),
    'TokenInvalid',
  ],
  [
    'a block of another token',
    async (scene) => {
      const [first, , two, last] = partsOf(await chainOf(scene));
      const [, other] = partsOf(await chainOf(scene));
      return accepting(scene, joined([first, other, two, last]));
    },
    'TokenInvalid',
  ],
  [
    'more blocks than there may be',
    async (scene) => {
      let [token = ''] = await chainOf(scene, LESS, 1);
      for (let n = 0; n < 16; n++) token = await extended(token, 'right("job.submit:echo");', scene.keys);
      return accepting(scene, token);
    },
    'TokenTooLarge',
  ],
];

const WIDENED: readonly Attack[] = [
  ['all rights', written('right("*:**");'), 'TokenInvalid'],
  ['a right that the first has not', written('right("fs.write:/corp/a");'), 'TokenInvalid'],
  ['a folder whose name goes on', written('right("fs.read:/corp-old/**");'), 'TokenInvalid'],
  ['the folder above', written('right("fs.read:/**");'), 'TokenInvalid'],
  ['a star in a name', written('right("fs.read:/corp/a*");'), 'TokenInvalid'],
  ['two stars in the middle', written('right("fs.read:/corp/**/a");'), 'TokenInvalid'],
  ['.. in a right', written('right("fs.read:/corp/../**");'), 'TokenInvalid'],
  ['an encoded .. in a right', written('right("fs.read:/corp/%2e%2e/**");'), 'TokenInvalid'],
  ['a fullwidth slash in a right', written('right("fs.read:\uff0fcorp\uff0f**");'), 'TokenInvalid'],
  ['an invisible character in a right', written('right("fs.read:/corp/\u200b**");'), 'TokenInvalid'],
  ['a turned direction in a right', written('right("fs.read:/corp/\u202ea");'), 'TokenInvalid'],
  ['NFD in a right', written('right("fs.read:/corp/re\u0301sume\u0301");'), 'TokenInvalid'],
  ['a very deep right', written(`right("fs.read:/corp${'/a'.repeat(500)}/**");`), 'TokenInvalid'],
  ['a right that is none', written('right("fs.read");'), 'TokenInvalid'],
  ['an action with a star in front', written('right("*.read:/corp/a");'), 'TokenInvalid'],
  ['a right among rights', written('right("job.submit:echo"); right("job.submit:nap");'), 'TokenInvalid'],
  ['more uses', written('right("job.submit:echo"); count(6);'), 'TokenInvalid'],
  ['uses without end', written('right("job.submit:echo"); count(9223372036854775807);'), 'TokenInvalid'],
  ['uses below nothing', written('right("job.submit:echo"); count(-1);'), 'TokenInvalid'],
  [
    'a longer life',
    written('right("job.submit:echo"); expires_at(9999999999999);', {
      ...GRANT,
      caveats: { expiresAt: 1_900_000_000_000 },
    }),
    'TokenInvalid',
  ],
  [
    'another host',
    written('right("http.get:**"); host("evil.example");', {
      rights: ['http.get:**'],
      caveats: { hosts: ['a.example'] },
    }),
    'TokenInvalid',
  ],
  [
    'a wider folder',
    written('right("fs.read:**"); within("/");', { rights: ['fs.read:**'], caveats: { within: '/corp' } }),
    'TokenInvalid',
  ],
  [
    'a larger amount',
    written('right("finance.*:**"); amount("11");', { rights: ['finance.*:**'], caveats: { amount: '10' } }),
    'TokenInvalid',
  ],
  [
    'another kind',
    written('right("job.submit:*"); kind("nap");', {
      rights: ['job.submit:*'],
      caveats: { kinds: ['echo'] },
    }),
    'TokenInvalid',
  ],
  ['a caveat of another release', written('right("job.submit:echo"); region("eu");'), 'TokenInvalid'],
  ['a zone of its own', written(`right("job.submit:echo"); zone("${'f'.repeat(32)}");`), 'TokenInvalid'],
  [
    'a rule that makes rights',
    written('right($x) <- right($x); right("*:**") <- right($y);'),
    'TokenInvalid',
  ],
  ['a rule without end', written('right("job.submit:echo"); n(0); n($m) <- n($m);'), 'TokenInvalid'],
  ['a check that always holds', written('right("job.submit:echo"); check if true;'), 'TokenInvalid'],
  ['nothing at all', written(''), 'TokenInvalid'],
];

const LIFE: readonly Attack[] = [
  [
    'at the moment of its expiry',
    async (scene) => {
      const expiresAt = (await scene.now()) + 1_000;
      const token = await scene.mint({ ...GRANT, caveats: { expiresAt } });
      await scene.test.advance(1_000);
      return accepting(scene, token);
    },
    'TokenExpired',
  ],
  [
    'when it has expired, though it was accepted before',
    async (scene) => {
      const token = await scene.mint({ ...GRANT, caveats: { expiresAt: (await scene.now()) + 1_000 } });
      await scene.kernel.accept(token);
      await scene.test.advance(1_001);
      return accepting(scene, token);
    },
    'TokenExpired',
  ],
  [
    'when it has expired, and the clock was set back',
    async (scene) => {
      const token = await scene.mint({ ...GRANT, caveats: { expiresAt: (await scene.now()) + 1_000 } });
      await scene.test.advance(2_000);
      await scene.perform('var.set', { name: 'a', value: 1 }, scene.kernel.operator);
      return setBack(scene, accepting(scene, token));
    },
    'TokenExpired',
  ],
  [
    'by its handle, when it has expired and the clock was set back',
    async (scene) => {
      const token = await scene.mint({ ...GRANT, caveats: { expiresAt: (await scene.now()) + 1_000 } });
      const handle = await scene.kernel.accept(token);
      await scene.test.advance(2_000);
      return setBack(scene, () => scene.run(ECHO, handle));
    },
    'CapabilityDenied',
  ],
  ...[0, 1, 2].flatMap((block): readonly Attack[] => [
    [
      `revoked by block ${block}, before it was ever seen`,
      async (scene) => {
        const token = (await chainOf(scene))[2] ?? '';
        await revokeBlock(scene, token, block);
        return accepting(scene, token);
      },
      'TokenRevoked',
    ],
    [
      `revoked by block ${block}, after it was accepted`,
      async (scene) => {
        const token = (await chainOf(scene))[2] ?? '';
        await scene.kernel.accept(token);
        await revokeBlock(scene, token, block);
        return accepting(scene, token);
      },
      'TokenRevoked',
    ],
    [
      `revoked by block ${block}, by the handle that it had`,
      async (scene) => {
        const token = (await chainOf(scene))[2] ?? '';
        const handle = await scene.kernel.accept(token);
        await revokeBlock(scene, token, block);
        return () => scene.run(ECHO, handle);
      },
      'CapabilityDenied',
    ],
  ]),
  [
    'attenuated from one that was revoked',
    async (scene) => {
      const token = await scene.mint(GRANT);
      await revokeBlock(scene, token, 0);
      return accepting(scene, await scene.attenuate(token, LESS));
    },
    'TokenRevoked',
  ],
  ['of another zone', async (scene) => accepting(scene, await scene.mint(GRANT, OTHER_ZONE)), 'TokenInvalid'],
  [
    'with its uses used up, by one attenuated from it anew',
    async (scene) => {
      const token = await scene.mint({ ...GRANT, caveats: { count: 1 } });
      await scene.run(ECHO, await scene.kernel.accept(token));
      const handle = await scene.kernel.accept(await scene.attenuate(token, LESS));
      return () => scene.run(ECHO, handle);
    },
    'CapabilityDenied',
  ],
  [
    'in place of a handle',
    async (scene) => {
      const token = await scene.mint(GRANT);
      return () => scene.run(ECHO, token as never);
    },
    'CapabilityDenied',
  ],
  [
    'for what a block of it does not allow any more',
    async (scene) => {
      const handle = await scene.kernel.accept((await chainOf(scene))[1] ?? '');
      return () => scene.call('fs', 'read', { path: '/corp/a.txt' }, handle);
    },
    'CapabilityDenied',
  ],
  // Last: it makes another root key, and removes the one of all tokens before.
  [
    'of a root key that was removed, never seen before',
    async (scene) => {
      const token = await scene.mint(GRANT);
      await scene.keys.rotate();
      await scene.keys.remove((await scene.keys.list())[0]?.id ?? 0);
      return accepting(scene, token);
    },
    'TokenInvalid',
  ],
  [
    'of a root key that was removed, accepted a minute before',
    async (scene) => {
      const token = await scene.mint(GRANT);
      await scene.kernel.accept(token);
      await scene.keys.rotate();
      await scene.keys.remove((await scene.keys.list())[0]?.id ?? 0);
      await scene.test.advance(70_000);
      return accepting(scene, token);
    },
    'TokenInvalid',
  ],
];

attackTable('an attack by a token', () => Scene.open(), {
  forged: FORGED,
  'of other blocks': CHAIN,
  'widened by hand': WIDENED,
  'past its life': LIFE,
});
