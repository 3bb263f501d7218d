import { isIP } from 'node:net';
import { KernelError } from '@tksm/abstractions';
import type { Permit, RightUse } from '@tksm/abstractions';
import { describe, expect, it } from 'vitest';
import { judgedAddresses, systemNetwork } from './addresses.ts';
import { readTarget } from './target.ts';

const PUBLIC = '93.184.216.34';
const OWN = '185.199.108.153';
const permit = { uses: [] } as unknown as Permit;
const { signal } = new AbortController();

function judge(url: string, answers: readonly (readonly string[])[], allows = false) {
  const asked: RightUse[] = [];
  let calls = 0;
  const resolve = async (): Promise<readonly string[]> => answers[calls++] ?? [];
  const ownAddresses = (): readonly string[] => [OWN, '2606:4700::9'];
  const authorise = async (uses: readonly RightUse[]): Promise<Permit> => {
    asked.push(...uses);
    if (!allows) throw new KernelError('CapabilityDenied', 'no');
    return permit;
  };
  const judged = (): Promise<readonly string[]> =>
    judgedAddresses(readTarget(url), permit, { signal, authorise }, { resolve, ownAddresses });
  return { asked, judged, calls: () => calls };
}
const denied = expect.objectContaining({ code: 'CapabilityDenied' });

describe('the addresses of a host', () => {
  it('need nothing more when they are public', async () => {
    const { asked, judged } = judge('https://a.example/', [[PUBLIC, '2606:4700::1']]);
    expect(await judged()).toEqual([PUBLIC, '2606:4700::1']);
    expect(asked).toEqual([]);
  });

  it('are judged each time anew, so a name that turns to a private one is refused', async () => {
    const { judged } = judge('https://a.example/', [[PUBLIC], ['127.0.0.1']]);
    expect(await judged()).toEqual([PUBLIC]);
    await expect(judged()).rejects.toEqual(denied);
  });

  it('are refused when one of several is private', async () => {
    const { asked, judged } = judge('https://a.example:8443/x', [[PUBLIC, '10.0.0.1']]);
    await expect(judged()).rejects.toEqual(denied);
    expect(asked).toEqual([{ action: 'http.private', resource: 'a.example:8443', host: 'a.example' }]);
  });

  it.each([OWN, `::ffff:${OWN}`, '2606:4700:0::9'])(
    'are refused as %s, which is this machine',
    async (own) => {
      await expect(judge('https://a.example/', [[PUBLIC, own]]).judged()).rejects.toEqual(denied);
      expect(await judge('https://a.example/', [[own]], true).judged()).toEqual([own]);
    },
  );

  it('know this machine by its interfaces', () => {
    const own = systemNetwork.ownAddresses();
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter((address) => isIP(address.replace(/%.*$/, '')) === 0)).toEqual([]);
  });

  it('are those of the name, when it may be private', async () => {
    expect(await judge('http://a.example/', [['fd00::1']], true).judged()).toEqual(['fd00::1']);
  });

  it.each([
    'http://127.1/',
    'http://0x7f000001/',
    'http://[::1]/',
    'http://[::ffff:10.0.0.1]/',
    'http://169.254.169.254/',
  ])('of %s are itself, and refused', async (url) => {
    const { judged, calls } = judge(url, []);
    await expect(judged()).rejects.toEqual(denied);
    expect(calls()).toBe(0);
  });

  it.each<[string, readonly string[]]>([
    ['none', []],
    ['too many', Array<string>(65).fill(PUBLIC)],
  ])('that are %s are no way to it', async (_title, addresses) => {
    await expect(judge('http://a.example/', [addresses]).judged()).rejects.toMatchObject({
      code: 'Unreachable',
    });
  });

  it('that never come end with the call', async () => {
    const controller = new AbortController();
    const call = { signal: controller.signal, authorise: () => Promise.resolve(permit) };
    const judged = judgedAddresses(readTarget('http://a.example/'), permit, call, {
      resolve: () => new Promise(() => {}),
      ownAddresses: () => [],
    });
    controller.abort(new Error('enough'));
    await expect(judged).rejects.toThrow('enough');
  });
});
