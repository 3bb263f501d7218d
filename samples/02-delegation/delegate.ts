// An agent that may read one folder and call one host sets others to work with less. Each attempt to exceed is refused, and
// the log says so. Exits 1 when one of them comes out otherwise.

import { rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fsDriver } from '@tksm/drivers-fs';
import { httpDriver } from '@tksm/drivers-http';
import { systemRandom, systemTimers } from '@tksm/drivers-system';
import { createKernel } from '@tksm/host-embedded';
import { verdictOf } from './src/attempts.ts';
import { attemptsOf, hireStaff } from './src/delegation.ts';
import { openLibrary } from './src/library.ts';
import { refusalsIn } from './src/log-story.ts';

// Who has read enough, as `head` has, ends the output and not the work.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const data = await mkdtemp(path.join(tmpdir(), 'tksm-delegation-'));
const library = await openLibrary();
const kernel = await createKernel({
  data,
  drivers: [fsDriver({ random: systemRandom, refused: [data] }), httpDriver({ timers: systemTimers })],
});
const hidden = (text: string): string =>
  text
    .replaceAll(library.folder, '')
    .replaceAll(library.news, 'news')
    .replaceAll(library.elsewhere, 'elsewhere');
try {
  const staff = await hireStaff(kernel, library);
  for (const agent of Object.values(staff)) {
    const rights = await kernel.read(({ capabilities }) => capabilities.get(agent.handle.id)?.rights ?? []);
    const own = rights.filter((right) => !right.startsWith('agent.'));
    say(`${agent === staff.librarian ? '' : '  └ '}${agent.name}: ${hidden(own.join(', '))}`);
  }
  say('');
  for (const attempt of attemptsOf(kernel, staff, library)) {
    const { code, text } = await verdictOf(attempt);
    const mark = code === 'done' ? '✓' : '✗';
    say(
      `${mark} ${attempt.who.padEnd(9)} ${attempt.what.padEnd(38)} ${code === 'done' ? '' : `${code}: `}${hidden(text)}`,
    );
    if (code !== attempt.expected) {
      say(`  expected ${attempt.expected}`);
      process.exitCode = 1;
    }
  }
  say('\nin the log:');
  for (const { position, who, what } of await refusalsIn(kernel, staff))
    say(`${String(position).padStart(6)}  ${who.padEnd(9)} ${hidden(what)}`);
  await kernel.perform({ kind: 'agent.stop', input: { agent: staff.librarian.id } }, kernel.operator);
  const live = await kernel.read(
    ({ agents }) => [...agents.list()].filter(({ status }) => status === 'live').length,
  );
  say(`\nthe librarian is stopped, and all below it: ${live} agents are left`);
  if (live > 0) process.exitCode = 1;
} finally {
  await kernel.stop();
  await library.close();
  await rm(data, { recursive: true });
}
