import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../src/registry/commands.ts';
import { BINARY, E2E, errorOf, Place } from './tksm.ts';

const MEASURED_STARTS = 5;
/** Allowed over an empty Node; wide, because other tests run beside this one. The aim is 100 ms on a quiet machine. */
const MOST_HELP_MS = 400;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function startMs(args: readonly string[]): number {
  const startedAt = performance.now();
  execFileSync(process.execPath, args, { stdio: 'ignore' });
  return performance.now() - startedAt;
}

describe('the command line', E2E, () => {
  it('shows help with examples first, for all, for each noun and for each command', async ({
    onTestFinished,
  }) => {
    const place = new Place(onTestFinished);
    const all = await place.tksm('--help');
    expect(all).toMatchObject({ code: 0, stderr: '' });
    expect(all.stdout.indexOf('Examples:')).toBeLessThan(all.stdout.indexOf('Commands:'));
    expect((await place.tksm()).stdout).toBe(all.stdout);
    expect((await place.tksm('job', '--help')).stdout).toContain('job submit [KIND]');
    expect((await place.tksm('help', 'job', 'ls')).stdout).toContain('--status STATUS');
    const one = await place.tksm('var', 'set', '-h');
    expect(one).toMatchObject({ code: 0, stderr: '' });
    expect(one.stdout).toContain('--if-etag ETAG');
  });

  it('is a script of the repository, and says what to do before it is built', ({ onTestFinished }) => {
    const root = path.resolve(import.meta.dirname, '../../..');
    const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const [, program = ''] = scripts['tksm']?.split(' ') ?? [];
    expect(path.resolve(root, program)).toBe(BINARY);
    const { folder } = new Place(onTestFinished);
    const copy = path.join(folder, 'bin/tksm.js');
    mkdirSync(path.dirname(copy));
    copyFileSync(BINARY, copy);
    const { status, stdout, stderr } = spawnSync(process.execPath, [copy], { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/tksm is not built\n {2}try: .*pnpm.* build\n$/);
  });

  it('answers --help soon', { concurrent: false }, () => {
    startMs([BINARY, '--help']);
    const rounds = Array.from({ length: MEASURED_STARTS }, () => [
      startMs(['-e', '']),
      startMs([BINARY, '--help']),
    ]);
    const empty = median(rounds.map(([first = 0]) => first));
    const help = median(rounds.map(([, second = 0]) => second));
    console.log(
      `empty node ${empty.toFixed(0)} ms, tksm --help ${help.toFixed(0)} ms (+${(help - empty).toFixed(0)})`,
    );
    expect(help - empty).toBeLessThan(MOST_HELP_MS);
  });

  it('says what was probably meant', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const command = await place.tksm('versoin');
    expect(command).toMatchObject({ code: 2, stdout: '' });
    expect(command.stderr).toContain('try: tksm version');
    expect((await place.tksm('job', 'sbumit')).stderr).toContain('try: tksm job submit');
    expect((await place.tksm('job', 'ls', '--limt', '3')).stderr).toContain('--limit');
  });

  it('names the help of the command that was used wrongly', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const nextOf = async (...line: string[]): Promise<unknown> =>
      errorOf(await place.tksm(...line, '--json'))['next'];
    expect(await nextOf('token', 'mint', '--at', '3')).toBe('tksm token mint --help');
    expect(await nextOf('job', 'submit')).toBe('tksm job submit --help');
    expect(await nextOf('version', '--data', 'x')).toBe('tksm version --help');
  });

  it('says how a data folder is begun', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const ended = await place.tksm('token', 'mint', '--right', 'a:b', '--out', 'x.token', '--json');
    expect(errorOf(ended)).toMatchObject({
      code: 'DataFolderMissing',
      next: expect.stringContaining('begin one: tksm var set'),
    });
  });

  it('exits 2 on every kind of usage error, with one JSON document when asked', async ({
    onTestFinished,
  }) => {
    const place = new Place(onTestFinished);
    const lines = [
      ['job'],
      ['job', 'show'],
      ['job', 'ls', '--status', 'odd'],
      ['job', 'ls', '--limit', 'x'],
      ['event', 'show', 'x'],
      ['version', 'more'],
      ['version', '--plain'],
      ['run', '.', '--timeout', 'soon'],
      ['completion', 'tcsh'],
    ];
    const all = await Promise.all(lines.map((line) => place.tksm(...line, '--json')));
    for (const ended of all) {
      expect(ended).toMatchObject({ code: 2, stdout: '' });
      expect(errorOf(ended)).toMatchObject({
        code: 'UsageError',
        exitCode: 2,
        next: expect.stringMatching(/\S/),
      });
      expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
    }
  });

  it('prints its versions, as --version too', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    expect(await place.json('version')).toMatchObject({ tksm: '0.1.0', node: process.versions.node });
    expect((await place.tksm('--version')).stdout).toBe((await place.tksm('version')).stdout);
  });

  it('colours only where it should', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const forced = { env: { FORCE_COLOR: '1' } };
    const escape = '\u001b[';
    expect((await place.tksm('doctor')).stdout).not.toContain(escape);
    expect((await place.start(['doctor'], forced).ended).stdout).toContain(escape);
    expect((await place.start(['doctor', '--no-color'], forced).ended).stdout).not.toContain(escape);
    expect((await place.start(['doctor', '--json'], forced).ended).stdout).not.toContain(escape);
  });
});

describe('completion', E2E, () => {
  it.for(['bash', 'zsh', 'fish'] as const)(
    'writes a script that %s accepts and that knows every command',
    async (shell, { onTestFinished }) => {
      const place = new Place(onTestFinished);
      const { code, stdout } = await place.tksm('completion', shell);
      expect(code).toBe(0);
      for (const { path } of COMMANDS) for (const word of path) expect(stdout).toContain(word);
      const check = spawnSync(shell, ['-n'], { input: stdout, encoding: 'utf8' });
      // zsh and fish are checked where they are installed.
      if (shell === 'bash' || check.error === undefined)
        expect(check).toMatchObject({ status: 0, stderr: '' });
    },
  );

  it('completes words, verbs, flags and choices in bash', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const script = place.file('completion.bash', (await place.tksm('completion', 'bash')).stdout);
    const complete = (...words: string[]): string[] => {
      const quoted = words.map((word) => `'${word}'`).join(' ');
      const program = `source ${script}; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _tksm; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return execFileSync('bash', ['-c', program], { encoding: 'utf8' }).trim().split('\n');
    };
    expect(complete('tksm', 'ev')).toEqual(['event']);
    expect(complete('tksm', 'var', '')).toEqual(expect.arrayContaining(['get', 'set', 'watch']));
    expect(complete('tksm', '--data', 'x', 'job', 'ls', '--sta')).toEqual(['--status']);
    expect(complete('tksm', 'job', 'ls', '--status', 'fa')).toEqual(['failed']);
    expect(complete('tksm', 'completion', '')).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']));
  });
});
