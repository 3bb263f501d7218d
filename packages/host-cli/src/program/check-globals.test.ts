import { describe, expect, it } from 'vitest';
import { nameOf } from '../registry/command-spec.ts';
import type { CommandSpec } from '../registry/command-spec.ts';
import { COMMANDS } from '../registry/commands.ts';
import { checkGlobals, checkOwner } from './check-globals.ts';
import { FlagValues } from './flag-values.ts';

/** What a command says to a token that the environment names, and to one that the flag names. */
function refusals(spec: CommandSpec, more: Readonly<Record<string, unknown>> = {}): unknown[] {
  const given = [
    { flags: new FlagValues(new Map(Object.entries(more))), env: { TKSM_TOKEN_FILE: 'a.token' } },
    { flags: new FlagValues(new Map(Object.entries({ ...more, 'token-file': 'a.token' }))), env: {} },
  ];
  return given.map(({ flags, env }) => {
    try {
      checkOwner(spec, { flags, env });
      checkGlobals(spec, flags);
      return undefined;
    } catch (error) {
      return error;
    }
  });
}

function command(name: string): CommandSpec {
  const found = COMMANDS.find((spec) => nameOf(spec) === name);
  if (found === undefined) throw new Error(`no command ${name}`);
  return found;
}

describe('a token that a command is given', () => {
  it.each([
    ['token mint', {}],
    ['token rotate', {}],
    ['event archive', {}],
    ['event checkpoint', {}],
    ['event prove', {}],
    ['state prove', {}],
    ['doctor', { repair: true }],
  ])('is refused by %s %o, by the flag and by the environment alike', (name, flags) => {
    const [first, second] = refusals(command(name), flags);
    expect(first).toMatchObject({
      code: 'UsageError',
      message: expect.stringContaining("is for the folder's owner"),
      next: expect.stringContaining('TKSM_TOKEN_FILE'),
    });
    expect(second).toEqual(first);
  });

  it.each(['agent spawn', 'agent task', 'agent observe', 'agent stop', 'token revoke', 'var set'])(
    'is what %s acts under, by the flag and by the environment alike',
    (name) => {
      expect(refusals(command(name))).toEqual([undefined, undefined]);
    },
  );

  it('leaves what only reads as it is, and is refused there by the flag', () => {
    for (const name of ['event ls', 'doctor'])
      expect(refusals(command(name))).toMatchObject([undefined, { code: 'UsageError' }]);
  });
});
