import { zoneId } from '@tksm/abstractions';
import type { CapabilityGrant, Caveats, Instant, ZoneId } from '@tksm/abstractions';
import { soundGrant } from './sound-grant.ts';
import { invalidToken } from './token-fault.ts';

/** Where a token comes from: what its first block says besides its grant. */
interface TokenOrigin {
  /** The root's public key, `ed25519/` and hex, so that whoever holds the token can take it apart. */
  readonly root: string;
  readonly zone: ZoneId;
}

export interface BlockContents {
  readonly origin?: TokenOrigin;
  readonly grant: CapabilityGrant;
}

/** A Datalog fact: a name, and texts or whole numbers. */
export interface Statement {
  readonly name: string;
  readonly terms: readonly (string | number)[];
}

/** What a block says, as facts: the one way that it is said. */
export function statementsOf({ origin, grant }: BlockContents): readonly Statement[] {
  const { rights, caveats = {}, note } = grant;
  const { expiresAt, count, rate, hosts = [], within, amount, kinds = [] } = caveats;
  const said: Statement[] = [];
  const say = (name: string, ...terms: readonly (string | number | undefined)[]): void => {
    const given = terms.filter((term) => term !== undefined);
    if (given.length > 0) said.push({ name, terms: given });
  };
  say('root', origin?.root);
  say('zone', origin?.zone);
  for (const right of rights) say('right', right);
  say('expires_at', expiresAt);
  say('count', count);
  say('rate', rate?.limit, rate?.periodMs);
  for (const host of hosts) say('host', host);
  say('within', within);
  say('amount', amount);
  for (const kind of kinds) say('kind', kind);
  say('note', note);
  return said;
}

/** The check that other verifiers of Biscuits heed, too: its time has whole seconds. Undefined without expiry. */
export function expiryCheckOf({ grant }: BlockContents): string | undefined {
  const { expiresAt } = grant.caveats ?? {};
  return expiresAt === undefined ? undefined : `check if time($time), $time < ${secondOf(expiresAt + 999)}`;
}

/** The second that an instant is in, as Datalog has it. */
export function secondOf(instant: Instant): string {
  return `${new Date(instant).toISOString().slice(0, -5)}Z`;
}

/** A block as the library prints it. Texts stand in it as in JSON. */
export function sourceOf(contents: BlockContents): string {
  const check = expiryCheckOf(contents);
  const facts = statementsOf(contents).map(
    ({ name, terms }) => `${name}(${terms.map((term) => JSON.stringify(term)).join(', ')})`,
  );
  return [...facts, ...(check === undefined ? [] : [check])].map((line) => `${line};\n`).join('');
}

const FACT = /^([a-z_]+)\((.*)\);$/;

/**
 * Reads a block from what the library prints. Only what `sourceOf` would say is understood: not a fact, rule or check more, in
 * no other order, and nothing that is spelt otherwise.
 *
 * @throws KernelError `TokenInvalid`
 */
export function readBlock(source: string): BlockContents {
  try {
    const contents = contentsOf(source);
    if (sourceOf(contents) === source) return contents;
  } catch {
    // Said below: a reason would quote the token.
  }
  throw invalidToken('statement');
}

function contentsOf(source: string): BlockContents {
  const facts = new Map<string, unknown[][]>();
  for (const line of source.split('\n')) {
    const [, name, terms] = FACT.exec(line) ?? [];
    if (name === undefined) continue;
    const rows = facts.get(name) ?? [];
    rows.push(JSON.parse(`[${terms ?? ''}]`) as unknown[]);
    facts.set(name, rows);
  }
  const all = (name: string): unknown[] | undefined => facts.get(name)?.map(([term]) => term);
  const one = (name: string): unknown => all(name)?.[0];
  const [limit, periodMs] = facts.get('rate')?.[0] ?? [];
  const caveats: Readonly<Record<keyof Caveats, unknown>> = {
    expiresAt: one('expires_at'),
    count: one('count'),
    rate: facts.has('rate') ? { limit, periodMs } : undefined,
    hosts: all('host'),
    within: one('within'),
    amount: one('amount'),
    kinds: all('kind'),
  };
  const grant = soundGrant({ rights: all('right'), caveats: withoutMissing(caveats), note: one('note') });
  const [root, zone] = [one('root'), one('zone')];
  if (typeof root !== 'string' || typeof zone !== 'string') return { grant };
  return { origin: { root, zone: zoneId(zone) }, grant };
}

function withoutMissing(given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
