import { KernelError } from '@tksm/abstractions';
import type { AdmissionRequest, Ring, TrustPolicy } from '@tksm/abstractions';
import { ringPolicy } from './policies.ts';

/** One line of a policy: for which jobs it is, and what becomes of them. What it does not name it does not look at. */
export interface TrustRule {
  /** Names of kinds, or `family.*`. */
  readonly kinds?: readonly string[];
  readonly rings?: readonly Ring[];
  readonly origins?: readonly string[];
  readonly agents?: readonly string[];
  readonly admit: boolean;
  readonly reason?: string;
}

/** The content of a policy file. */
export interface TrustRules {
  /** The first that fits decides. At most 1,000. */
  readonly rules: readonly TrustRule[];
  /** Whether they are for what the owner submits, too. Default: no. */
  readonly judgesOwner?: boolean;
  /** What becomes of a job that no rule is for: `rings` asks the ring policy. Default `rings`. */
  readonly otherwise?: 'admit' | 'refuse' | 'rings';
}

const MOST_RULES = 1_000;
const FIELDS = ['kinds', 'rings', 'origins', 'agents', 'admit', 'reason'];
const KIND = /^(?:\*|[A-Za-z0-9_.:-]+|[A-Za-z0-9_.:-]+\.\*)$/;

/**
 * A policy of rules.
 *
 * @throws KernelError `InvalidInput` with `data.at`, where the rules are no rules
 */
export function rulePolicy(rules: unknown): TrustPolicy {
  const { rules: list, judgesOwner = false, otherwise = 'rings' } = checked(rules);
  return Object.freeze<TrustPolicy>({
    name: 'rules',
    judgesOwner,
    refuses: (request) => {
      const index = list.findIndex((rule) => isFor(rule, request));
      const rule = list[index];
      if (rule !== undefined) return rule.admit ? undefined : (rule.reason ?? `rule ${index + 1} refuses it`);
      if (otherwise === 'rings') return ringPolicy.refuses(request);
      return otherwise === 'admit' ? undefined : 'no rule admits it';
    },
  });
}

function isFor({ kinds, rings, origins, agents }: TrustRule, request: AdmissionRequest): boolean {
  const { kind, ring, origin = '', agent = '' } = request;
  return (
    (kinds === undefined || kinds.some((pattern) => isKind(pattern, kind))) &&
    (rings === undefined || rings.includes(ring)) &&
    (origins === undefined || origins.includes(origin)) &&
    (agents === undefined || agents.includes(agent))
  );
}

function isKind(pattern: string, kind: string): boolean {
  if (!pattern.endsWith('*')) return pattern === kind;
  return pattern === '*' || kind.startsWith(pattern.slice(0, -1));
}

function checked(value: unknown): TrustRules {
  if (!isObject(value) || !Array.isArray(value['rules'])) throw invalid('', 'is { rules: [...] }');
  const { rules, judgesOwner, otherwise, ...rest } = value as unknown as TrustRules & object;
  refuseOthers(rest, '');
  if (rules.length > MOST_RULES) throw invalid('rules', `has more than ${MOST_RULES} rules`);
  if (judgesOwner !== undefined && typeof judgesOwner !== 'boolean')
    throw invalid('judgesOwner', 'is true or false');
  if (otherwise !== undefined && !['admit', 'refuse', 'rings'].includes(otherwise))
    throw invalid('otherwise', 'is admit, refuse or rings');
  rules.forEach(checkRule);
  return value as unknown as TrustRules;
}

function checkRule(rule: unknown, index: number): void {
  const at = `rules/${index}`;
  if (!isObject(rule)) throw invalid(at, 'is an object');
  const { admit, reason, kinds, rings } = rule as Partial<TrustRule>;
  // A word that is not known might be one that was to narrow the rule down.
  refuseOthers(Object.fromEntries(Object.entries(rule).filter(([key]) => !FIELDS.includes(key))), at);
  if (typeof admit !== 'boolean') throw invalid(`${at}/admit`, 'is true or false');
  if (reason !== undefined && typeof reason !== 'string') throw invalid(`${at}/reason`, 'is a text');
  for (const field of ['kinds', 'origins', 'agents'] as const) {
    const names: unknown = rule[field];
    if (names !== undefined && !(Array.isArray(names) && names.every((name) => typeof name === 'string')))
      throw invalid(`${at}/${field}`, 'is a list of texts');
  }
  if (kinds?.some((kind) => !KIND.test(kind)) === true)
    throw invalid(`${at}/kinds`, 'has names of kinds, family.* or *');
  if (rings !== undefined && !(Array.isArray(rings) && rings.every((ring) => [0, 1, 2, 3].includes(ring))))
    throw invalid(`${at}/rings`, 'is a list of 0 to 3');
}

function refuseOthers(rest: object, at: string): void {
  const [other] = Object.keys(rest);
  if (other !== undefined) throw invalid(at === '' ? other : `${at}/${other}`, 'is not a field of it');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(at: string, fault: string): KernelError {
  return new KernelError('InvalidInput', `the trust policy: ${at === '' ? 'it' : at} ${fault}`, {
    data: { at },
  });
}
