// A guard that has never failed may be guarding nothing: each is run on a clean workspace and on one with what it
// forbids, and must name what it found.
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guards } from '../src/guards.ts';
import { runTool, type Repo } from '../src/repo.ts';
import { createFixture, linkWorkspace, plant, runMain } from './fixture.ts';
import { layersAllow, layerViolations, staleReferences, staleReferencesNamed } from './layer-violations.ts';
import { lintAllows, lintViolations } from './lint-violations.ts';
import { violations } from './violations.ts';

const all = [...violations, ...lintViolations, ...layerViolations];
const clean = new Map<string, string>();
const planted = new Map<string, string>();
let repo: Repo;

async function runGuards(into: Map<string, string>): Promise<void> {
  for (const guard of guards) into.set(guard.name, await guard.check(repo));
}

beforeAll(async () => {
  repo = await createFixture();
  await runTool(repo, 'tsc', ['-b']);
  await runGuards(clean);
  for (const { files } of all) await plant(repo, files);
  await linkWorkspace(repo);
  await runTool(repo, 'tsc', ['-b']);
  await runGuards(planted);
}, 300_000);

afterAll(() => rm(repo.root, { recursive: true }));

describe.each(guards.map(({ name }) => name))('%s', (name) => {
  it('passes a clean workspace', () => {
    expect(clean.get(name)).toBe('');
  });

  it.each(all.filter(({ guard }) => guard === name).flatMap(({ named }) => named))('names: %s', (text) => {
    expect(planted.get(name)).toContain(text);
  });
});

it('lets the clock be read where it enters the system', () => {
  for (const file of lintAllows) expect(planted.get('lint')).not.toContain(file);
});

it('lets tests use the memory driver', () => {
  for (const dependency of layersAllow) expect(planted.get('layers')).not.toContain(dependency);
});

describe('repo-check', () => {
  it('reports stale references, and derives them when told to', async () => {
    await plant(repo, staleReferences);
    const stale = await runMain(repo, '--only', 'layers');
    expect(stale.output).toContain(staleReferencesNamed);
    const fixed = await runMain(repo, '--only', 'layers', '--fix');
    expect(fixed.ok).toBe(true);
    const again = await runMain(repo, '--only', 'layers');
    expect(again.output).not.toContain(staleReferencesNamed);
  }, 120_000);

  it('prints a line for each selected guard and a count, and fails when one fails', async () => {
    const result = await runMain(repo, '--only', 'format,text');
    expect(result.output).toMatch(/^FAIL {2}format .* s$/m);
    expect(result.output).toMatch(/^FAIL {2}text .* s$/m);
    expect(result.output).toMatch(/^0 guards passed, 2 failed$/m);
    expect(result.ok).toBe(false);
  }, 120_000);

  it('rejects a guard it does not know', async () => {
    const result = await runMain(repo, '--only', 'luck');
    expect(result.output).toContain('unknown guard: luck');
    expect(result.ok).toBe(false);
  });
});
