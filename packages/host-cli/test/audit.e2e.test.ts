import type { CapabilityHandle } from '@tksm/abstractions';
import { describe, expect, it } from 'vitest';
import { withSmallSegments } from './small-segments.ts';
import { E2E, errorOf, Place } from './tksm.ts';
import type { OnTestFinished } from './tksm.ts';

/** A place where a team's member has set a variable, and the team was revoked. */
async function withStory(
  onTestFinished: OnTestFinished,
): Promise<{ place: Place; team: CapabilityHandle; member: CapabilityHandle; position: number }> {
  const place = new Place(onTestFinished);
  let story: { team: CapabilityHandle; member: CapabilityHandle; position: number } | undefined;
  await withSmallSegments(place, async (kernel) => {
    const { operator } = kernel;
    const team = await kernel.derive(
      { rights: ['var.*:notes/**'], caveats: { count: 9 }, note: 'the team' },
      operator,
    );
    const member = await kernel.derive({ rights: ['var.set:notes/*', 'var.get:notes/a'] }, team);
    const set = { kind: 'var.set', input: { name: 'notes/a', value: 1 } };
    const { position } = await kernel.perform(set, member);
    await kernel.perform({ ...set, input: { name: 'root', value: 1 } }, member).catch(() => undefined);
    await kernel.perform({ kind: 'absent' }, member).catch(() => undefined);
    await kernel.perform({ kind: 'capability.revoke', input: { handle: team.id } }, operator);
    story = { team, member, position };
  });
  if (story === undefined) throw new Error('nothing happened');
  return { place, ...story };
}

describe('tksm audit', E2E, () => {
  it('shows who may do what, now and at a moment', async ({ onTestFinished }) => {
    const { place, team, member, position } = await withStory(onTestFinished);
    expect(await place.json('audit')).toEqual({ handles: [] });
    const then = (await place.json('audit', '--at', String(position + 1))) as { handles: unknown[] };
    expect(then.handles).toMatchObject([
      { id: team.id, parent: 'operator', uses: 2, note: 'the team' },
      { id: member.id, parent: team.id, rights: ['var.set:notes/*', 'var.get:notes/a'] },
    ]);
    const table = await place.tksm('audit', '--at', String(position + 1));
    expect(table.stdout).toMatch(new RegExp(`${team.id} +var\\.\\*:notes/\\*\\* +9 uses +operator +2 `));
    expect(table.stdout).toMatch(new RegExp(`^${member.id} .* ${team.id} +- `, 'm'));
  });

  it('explains which handle allowed an event, and by which right', async ({ onTestFinished }) => {
    const { place, team, member, position } = await withStory(onTestFinished);
    expect(await place.json('audit', String(position))).toMatchObject({
      ...{ position, handle: member.id, needed: ['var.set:notes/a'] },
      chain: [
        { capability: { id: member.id }, rights: ['var.set:notes/*'] },
        { capability: { id: team.id }, rights: ['var.*:notes/**'] },
      ],
    });
    const shown = await place.tksm('audit', String(position));
    expect(shown.stdout).toContain(`by handle ${member.id}, needed var.set:notes/a\n`);
    const refused = await place.tksm('audit', String(position + 1));
    expect(refused.stdout).toContain(`refused to handle ${member.id}: var.set:root (no right is for it)\n`);
    expect((await place.tksm('audit', '0')).stdout).toContain('names no handle');
    const absent = await place.tksm('audit', String(position + 2));
    expect(absent.stdout).toContain(`refused to handle ${member.id}: no kind absent\n`);
    const none = await place.tksm('audit', '99999', '--json');
    expect([none.code, errorOf(none)['code']]).toEqual([3, expect.any(String)]);
  });
});
