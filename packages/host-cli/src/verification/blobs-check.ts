import { createReadStream } from 'node:fs';
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { CheckInput, FileFault, FolderCheck } from './folder-check.ts';
import { namesIn, strayFile } from './file-faults.ts';
import { missingBlobs } from './named-blobs.ts';

/** Blobs: each that an output names is there, and the content of each is what its name says (ADR 4). */
export const blobsCheck: FolderCheck = {
  entries: ['blobs'],
  async *check(input) {
    yield* missingBlobs(input.dir);
    for (const shard of await namesIn(path.join(input.dir, 'blobs'))) {
      const folder = path.join('blobs', shard);
      if (shard === 'tmp') yield* leftoversIn(input.dir, folder);
      else if (!/^[0-9a-f]{2}$/.test(shard)) yield strayFile(folder);
      else yield* checkShard(input, folder, shard);
    }
  },
};

async function* leftoversIn(dir: string, folder: string): AsyncGenerator<FileFault> {
  for (const name of await namesIn(path.join(dir, folder))) {
    yield {
      kind: 'leftover',
      file: path.join(folder, name),
      why: 'a blob that is being written, or was not finished',
    };
  }
}

async function* checkShard(input: CheckInput, folder: string, shard: string): AsyncGenerator<FileFault> {
  for (const name of await namesIn(path.join(input.dir, folder))) {
    const file = path.join(folder, name);
    if (!/^[0-9a-f]{62}$/.test(name)) yield strayFile(file);
    else if ((await hashOf(path.join(input.dir, file), input.onRead)) !== shard + name) {
      yield { kind: 'damaged', file, why: 'its content is not what its name says' };
    }
  }
}

async function hashOf(file: string, onRead: (bytes: number) => void): Promise<string> {
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    digest.update(chunk as Buffer);
    onRead((chunk as Buffer).length);
  }
  return digest.digest('hex');
}
