import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';

const HERE = path.resolve(import.meta.dirname, '..');
const ROOT = path.resolve(HERE, '../..');
const FENCE = /^```ts\n([\s\S]*?)^```/gm;

/** The first example of a README that embeds a kernel and has a text in it. */
async function exampleIn(readme: string, has = ''): Promise<string> {
  const text = await readFile(readme, 'utf8');
  const example = [...text.matchAll(FENCE)]
    .map(([, code = '']) => code)
    .find((code) => code.includes('createKernel') && code.includes(has));
  if (example === undefined) throw new Error(`${readme} has no example`);
  return example;
}

/** A folder in which the packages are installed that the example imports. */
async function consumer(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tksm-readme-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(path.join(folder, 'node_modules/@tksm'), { recursive: true });
  await symlink(HERE, path.join(folder, 'node_modules/@tksm/host-embedded'));
  await symlink(path.join(HERE, 'node_modules/zod'), path.join(folder, 'node_modules/zod'));
  return folder;
}

describe('the example', () => {
  it.each(['README.md', 'packages/host-embedded/README.md'])('of %s runs as it stands', async (readme) => {
    const folder = await consumer();
    await writeFile(path.join(folder, 'example.ts'), await exampleIn(path.join(ROOT, readme)));
    const { stdout } = await promisify(execFile)(process.execPath, ['example.ts'], { cwd: folder });
    expect(stdout).toContain("{ status: 'succeeded', output: 'Hello, Ada' }");
    expect(await readdir(folder)).toContain('data');
  });

  it('of the isolates kills a handler that blocks', async () => {
    const folder = await consumer();
    const text = await readFile(path.join(ROOT, 'packages/extensions/isolates/README.md'), 'utf8');
    const [handler = '', example = ''] = [...text.matchAll(FENCE)].map(([, code = '']) => code);
    await writeFile(path.join(folder, 'spin.ts'), handler);
    await writeFile(path.join(folder, 'example.ts'), example);
    const { stdout } = await promisify(execFile)(process.execPath, ['example.ts'], { cwd: folder });
    expect(stdout).toContain("{ status: 'succeeded', output: 'came to an end' }");
    expect(stdout).toContain("code: 'HandlerStalled'");
  });

  it('of a schedule runs inside it', async () => {
    const folder = await consumer();
    const readme = path.join(HERE, 'README.md');
    const [schedule = ''] = [...(await readFile(readme, 'utf8')).matchAll(FENCE)]
      .map(([, code = '']) => code)
      .filter((code) => code.includes('setSchedule'));
    const script = (await exampleIn(readme)).replace(
      'await kernel.stop()',
      `${schedule}\nawait kernel.stop()`,
    );
    await writeFile(path.join(folder, 'example.ts'), script);
    await promisify(execFile)(process.execPath, ['example.ts'], { cwd: folder });
    expect(schedule).toContain('setSchedule(');
  });

  it('of waiting runs as it stands, with a shorter day', async () => {
    const folder = await consumer();
    const example = await exampleIn(path.join(HERE, 'README.md'), 'context.sleep');
    expect(example).toContain('86_400_000');
    await writeFile(path.join(folder, 'example.ts'), example.replace('86_400_000', '200'));
    const { stdout } = await promisify(execFile)(process.execPath, ['example.ts'], { cwd: folder });
    expect(stdout).toBe(
      "{ status: 'succeeded', output: 'deployed 4.2' }\n{ status: 'succeeded', output: 'reminded Ada' }\n",
    );
  });

  it('has ten lines of code in README.md', async () => {
    const lines = (await exampleIn(path.join(ROOT, 'README.md')))
      .split('\n')
      .filter((line) => line.trim() !== '');
    expect(lines.length).toBeLessThanOrEqual(12);
  });
});
