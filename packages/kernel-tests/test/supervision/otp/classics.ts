import type { CrashScript, ScriptFlags, ScriptNode, ScriptStep, ScriptWorker } from './crash-script.ts';

const LONG_S = 1_000_000;

const worker = (id: string, more: Partial<ScriptWorker> = {}): ScriptWorker => ({
  ...{ id, restart: 'permanent', nature: 'quick' },
  ...more,
});
const crash = (path: string): ScriptStep => ({ do: 'exit', path, reason: 'abnormal' });
const end = (path: string): ScriptStep => ({ do: 'exit', path, reason: 'normal' });
const finish = (path: string): ScriptStep => ({ do: 'finish', path });
const FLAGS: ScriptFlags = { strategy: 'one-for-one', intensity: 3, periodS: LONG_S, autoShutdown: 'never' };

function script(
  flags: Partial<ScriptFlags>,
  children: readonly ScriptNode[],
  ...steps: readonly ScriptStep[]
): CrashScript {
  return { tree: { id: 'top', restart: 'permanent', ...FLAGS, ...flags, children }, steps };
}

const abc = [worker('a'), worker('b'), worker('c')];
const nested = (flags: Partial<ScriptFlags> = {}, more: object = {}): ScriptNode => ({
  ...{ id: 's', restart: 'permanent', ...FLAGS, ...flags },
  ...{ children: [worker('x'), worker('y', { restart: 'transient' })], ...more },
});
const slow = worker('b', { nature: 'slow' });

/** Scripts by what they are about. */
export const CLASSICS: Readonly<Record<string, CrashScript>> = {
  'one for one is restarted alone': script({}, abc, crash('top/b'), crash('top/a'), { do: 'stop' }),
  'one for all takes all with it': script({ strategy: 'one-for-all' }, abc, crash('top/b'), { do: 'stop' }),
  'rest for one takes those after it': script(
    { strategy: 'rest-for-one' },
    abc,
    crash('top/b'),
    crash('top/a'),
  ),
  'restarts are too many': script({ intensity: 1 }, abc, crash('top/a'), crash('top/b'), crash('top/c')),
  'no restart is allowed': script({ intensity: 0, strategy: 'one-for-all' }, abc, crash('top/b')),
  'transient children end in every way': script(
    {},
    [worker('a', { restart: 'transient' })],
    ...[crash('top/a'), { do: 'exit', path: 'top/a', reason: 'shutdown' } as const, crash('top/a')],
    ...[{ do: 'restart', path: 'top', id: 'a' } as const, end('top/a')],
  ),
  'temporary children are forgotten': script(
    { strategy: 'one-for-all' },
    [worker('a'), worker('b', { restart: 'temporary' }), worker('c', { restart: 'temporary' })],
    ...[crash('top/b'), crash('top/a'), { do: 'delete', path: 'top', id: 'c' } as const],
  ),
  'a child that ended for good comes back with its siblings': script(
    { strategy: 'one-for-all' },
    [worker('a'), worker('b', { restart: 'transient' })],
    ...[end('top/b'), crash('top/a')],
  ),
  'a nested supervisor gives up, and is restarted until its own gives up': script(
    { intensity: 1 },
    [worker('a'), nested({ intensity: 1 })],
    ...[crash('top/s/x'), crash('top/s/y'), crash('top/s/x'), crash('top/s/x')],
  ),
  'a nested supervisor that is transient gives up for good': script(
    {},
    [worker('a'), nested({ intensity: 0 }, { restart: 'transient' })],
    ...[crash('top/s/x'), crash('top/a'), { do: 'restart', path: 'top', id: 's' } as const],
  ),
  'the end of a significant child is that of all': script(
    { autoShutdown: 'any-significant' },
    [worker('a'), worker('b', { restart: 'transient', significant: true })],
    ...[crash('top/b'), end('top/b')],
  ),
  'the last significant child ends': script(
    { autoShutdown: 'all-significant' },
    [
      worker('a', { restart: 'temporary', significant: true }),
      worker('b', { restart: 'transient', significant: true }),
      worker('c'),
    ],
    ...[crash('top/a'), crash('top/c'), end('top/b')],
  ),
  'a child crashes while its supervisor waits for another': script(
    { strategy: 'rest-for-one' },
    [worker('a'), worker('x'), { ...slow, restart: 'temporary' }, worker('c')],
    ...[crash('top/x'), crash('top/a'), finish('top/b')],
  ),
  'a child crashes that was to be stopped next': script(
    { strategy: 'one-for-all' },
    [worker('a'), worker('x'), slow, worker('c')],
    ...[crash('top/c'), crash('top/a'), finish('top/b')],
  ),
  'a tree is stopped while a branch is slow': script(
    {},
    [worker('a'), nested({}, { children: [worker('x'), slow] }), worker('c')],
    ...[{ do: 'stop' } as const, crash('top/a'), finish('top/s/b')],
  ),
  'a child does not stop in its time': script(
    { strategy: 'one-for-all' },
    [worker('a'), worker('b', { nature: 'stubborn' })],
    ...[crash('top/a'), { do: 'stop' } as const],
  ),
  'children come and go': script(
    {},
    abc,
    ...[{ do: 'start', path: 'top', child: worker('d') } as const, crash('top/d')],
    ...(['delete', 'terminate', 'restart', 'terminate', 'delete', 'restart'] as const).map((verb) => ({
      ...{ do: verb, path: 'top', id: 'b' },
    })),
  ),
  'restarts are forgotten after their period': script(
    { intensity: 1, periodS: 1 },
    abc,
    ...[crash('top/a'), { do: 'wait', ms: 2_100 } as const, crash('top/a'), crash('top/a')],
  ),
};
