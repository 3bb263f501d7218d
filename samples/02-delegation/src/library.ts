import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A folder of books, a host with news, and one that nobody here may call. */
export interface Library {
  readonly folder: string;
  /** `127.0.0.1:PORT` */
  readonly news: string;
  readonly elsewhere: string;
  close(): Promise<void>;
}

export async function openLibrary(): Promise<Library> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tksm-library-'));
  await mkdir(path.join(folder, 'shelf/open'), { recursive: true });
  await mkdir(path.join(folder, 'shelf-old'));
  await writeFile(path.join(folder, 'shelf/open/poem.txt'), 'Roses are red.\n');
  await writeFile(path.join(folder, 'shelf/diary.txt'), 'Nobody is to read this.\n');
  await writeFile(path.join(folder, 'shelf-old/poem.txt'), 'Violets were blue.\n');
  await symlink('../diary.txt', path.join(folder, 'shelf/open/shortcut.txt'));
  const other = await listen((_request, response) => response.end('You should not be here.'));
  const news = await listen((request, response) => {
    if (request.url === '/moved') response.writeHead(302, { location: `http://${addressOf(other)}/` }).end();
    else response.setHeader('content-type', 'text/plain').end('All is quiet.');
  });
  return {
    folder,
    news: addressOf(news),
    elsewhere: addressOf(other),
    close: async () => {
      for (const server of [news, other]) server.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function listen(answer: RequestListener): Promise<Server> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function addressOf(server: Server): string {
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
