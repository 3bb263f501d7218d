import path from 'node:path';
import type { Kernel } from '@tksm/abstractions';
import type { Agent } from './agents.ts';
import { spawn } from './agents.ts';
import { call, hire } from './attempts.ts';
import type { Attempt } from './attempts.ts';
import type { Library } from './library.ts';

/** A librarian, and the two that it has set to work with less. */
export interface Staff {
  readonly librarian: Agent;
  readonly reader: Agent;
  readonly caller: Agent;
}

export async function hireStaff(kernel: Kernel, { folder, news }: Library): Promise<Staff> {
  const shelf = path.join(folder, 'shelf');
  const librarian = await spawn(kernel, {
    name: 'librarian',
    rights: [
      ...[`fs.read:${shelf}/**`, `http.get:${news}/**`, `http.private:${news}`],
      ...['agent.spawn:self', 'agent.schedule-task:self/**'],
    ],
  });
  const reader = await spawn(kernel, { name: 'reader', rights: [`fs.read:${shelf}/open/**`] }, librarian);
  const rights = [`http.get:${news}/**`, `http.private:${news}`];
  // A call of this host is two uses: of the right to call it, and of the right to call one that is not public.
  const caller = await spawn(kernel, { name: 'caller', rights, caveats: { count: 4 } }, librarian);
  return { librarian, reader, caller };
}

/** What they try, in this order: some of it is theirs to do. */
export function attemptsOf(
  kernel: Kernel,
  { librarian, reader, caller }: Staff,
  library: Library,
): Attempt[] {
  const { folder, news, elsewhere } = library;
  const read = (file: string) => ({ driver: 'fs', op: 'read', path: `${folder}/${file}` });
  const get = (url: string) => ({ driver: 'http', op: 'get', url: `http://${url}` });
  const of = (agent: Agent, what: string, expected: string, input: object): Attempt => ({
    ...{ who: agent.name, what, expected, run: call(kernel, librarian, agent, input) },
  });
  const wider = { name: 'thief', rights: [`fs.read:${folder}/**`] };
  return [
    of(librarian, 'reads shelf/diary.txt', 'done', read('shelf/diary.txt')),
    of(reader, 'reads shelf/open/poem.txt', 'done', read('shelf/open/poem.txt')),
    of(reader, 'reads shelf/diary.txt', 'CapabilityDenied', read('shelf/diary.txt')),
    of(reader, 'reads shelf-old/poem.txt', 'CapabilityDenied', read('shelf-old/poem.txt')),
    of(reader, 'follows a link out of shelf/open', 'PathRefused', read('shelf/open/shortcut.txt')),
    of(reader, 'writes shelf/open/poem.txt', 'CapabilityDenied', {
      ...read('shelf/open/poem.txt'),
      ...{ op: 'write', text: 'mine' },
    }),
    of(reader, 'calls the news', 'CapabilityDenied', get(`${news}/`)),
    of(caller, 'calls the news', 'done', get(`${news}/`)),
    of(caller, 'calls elsewhere', 'CapabilityDenied', get(`${elsewhere}/`)),
    of(caller, 'is redirected elsewhere', 'CapabilityDenied', get(`${news}/moved`)),
    of(caller, 'calls the news more often than it may', 'CapabilityDenied', get(`${news}/`)),
    {
      who: 'librarian',
      what: 'spawns one that reads all',
      expected: 'CapabilityDenied',
      run: hire(kernel, wider, librarian),
    },
    {
      who: 'reader',
      what: 'spawns one like itself',
      expected: 'CapabilityDenied',
      run: hire(kernel, { name: 'twin', rights: [] }, reader),
    },
  ];
}
