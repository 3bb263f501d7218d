import type { ExitReason, RestartType } from '@tksm/abstractions';
import fc from 'fast-check';
import type {
  CrashScript,
  ScriptFlags,
  ScriptNode,
  ScriptStep,
  ScriptSupervisor,
  ScriptWorker,
} from './crash-script.ts';

/** Longer than any script takes. */
const NEVER_S = 1_000_000;
const NAMES = ['a', 'b', 'c', 'd'] as const;

const strategy = fc.constantFrom('one-for-one', 'one-for-all', 'rest-for-one');
const restart = fc.constantFrom<RestartType>('permanent', 'permanent', 'transient', 'temporary');
/** Those below give up sooner, so that those above have something to restart. */
const flags = (depth: number): fc.Arbitrary<ScriptFlags> =>
  fc.record({
    strategy,
    intensity: fc.nat({ max: 1 + depth * 2 }),
    periodS: fc.constant(NEVER_S),
    autoShutdown: fc.constantFrom('never', 'never', 'never', 'any-significant', 'all-significant'),
  });
const worker = fc.record({
  restart,
  significant: fc.boolean(),
  nature: fc.constantFrom('quick', 'quick', 'quick', 'slow'),
});

/** A supervisor with one to four children, of which those that may be supervisors are. */
function supervisor(depth: number): fc.Arbitrary<Omit<ScriptSupervisor, 'id'>> {
  const child: fc.Arbitrary<Omit<ScriptNode, 'id'>> =
    depth === 0
      ? worker
      : fc.oneof({ weight: 1, arbitrary: worker }, { weight: 1, arbitrary: supervisor(depth - 1) });
  const children = fc.array(child, { minLength: 1, maxLength: NAMES.length });
  return fc
    .record({ restart, significant: fc.boolean(), flags: flags(depth), children })
    .map(({ flags: { autoShutdown, ...rest }, children: drawn, restart: own, significant }) => ({
      ...{ restart: own, significant, ...rest, autoShutdown },
      children: drawn.map((one, index) => {
        const named = { ...one, id: NAMES[index] ?? '' } as ScriptNode;
        // Elsewhere OTP refuses what it calls a bad combination, and so does the kernel.
        const may = autoShutdown !== 'never' && named.restart !== 'permanent';
        return may ? named : { ...named, significant: false };
      }),
    }));
}

interface Paths {
  readonly workers: readonly string[];
  readonly supervisors: readonly string[];
}

function pathsOf(node: ScriptNode, within = ''): Paths {
  const path = within + node.id;
  if ('nature' in node) return { workers: [path], supervisors: [] };
  const below = node.children.map((child) => pathsOf(child, `${path}/`));
  return {
    workers: below.flatMap(({ workers }) => workers),
    supervisors: [path, ...below.flatMap(({ supervisors }) => supervisors)],
  };
}

function step({ workers, supervisors }: Paths): fc.Arbitrary<ScriptStep> {
  // What a step adds can be met by later ones.
  const paths = [...workers, ...supervisors.map((path) => `${path}/new`)];
  const added: ScriptWorker = { id: 'new', restart: 'transient', nature: 'quick' };
  const reason = fc.constantFrom<ExitReason>('abnormal', 'abnormal', 'abnormal', 'normal', 'shutdown');
  const path = fc.constantFrom(...paths);
  const child = path.map((whole) => {
    const slash = whole.lastIndexOf('/');
    return { path: whole.slice(0, slash), id: whole.slice(slash + 1) };
  });
  const verb = fc.constantFrom('terminate', 'restart', 'delete');
  return fc.oneof(
    { weight: 20, arbitrary: fc.record({ do: fc.constant('exit'), path, reason }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('finish'), path }) },
    { weight: 3, arbitrary: fc.tuple(verb, child).map(([what, one]) => ({ do: what, ...one })) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(...supervisors)
        .map((at) => ({ do: 'start' as const, path: at, child: added })),
    },
    { weight: 1, arbitrary: fc.constant({ do: 'stop' as const }) },
  );
}

/** A tree of at most three levels, and up to twenty steps. */
export const drawnScript: fc.Arbitrary<CrashScript> = supervisor(2).chain((drawn) => {
  const tree: ScriptSupervisor = { ...drawn, id: 'top' };
  const steps = fc.array(step(pathsOf(tree)), { minLength: 3, maxLength: 20, size: 'max' });
  return steps.map((chosen) => ({ tree, steps: chosen }));
});
