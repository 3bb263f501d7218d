import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { expect, it } from 'vitest';

const PROGRAM = path.resolve(import.meta.dirname, '../delegate.ts');

it('refuses each attempt to exceed, and has it in the log', { timeout: 30_000 }, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM], { encoding: 'utf8' });
  expect(status, stdout + stderr).toBe(0);
  const [tried = '', logged = ''] = stdout.split('in the log:');
  const refused = tried.split('\n').filter((line) => line.startsWith('✗'));
  expect(refused).toHaveLength(10);
  expect(logged.match(/^ +\d+ {2}/gm)).toHaveLength(refused.length);
  for (const right of [
    'fs.read:/shelf-old/poem.txt',
    'http.get:elsewhere',
    'PathRefused',
    '(count)',
    'agent.spawn:',
  ])
    expect(logged).toContain(right);
  expect(logged).toContain('0 agents are left');
});

it('goes on to its end, and says nothing, when nobody reads on', { timeout: 30_000 }, async () => {
  const child = spawn(process.execPath, [PROGRAM]);
  let said = '';
  child.stderr.on('data', (text) => (said += String(text)));
  child.stdout.once('data', () => child.stdout.destroy());
  const [status] = (await once(child, 'close')) as [number | null];
  expect({ status, said }).toEqual({ status: 0, said: '' });
});
