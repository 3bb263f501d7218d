import { describeJobIndex } from '@tksm/conformance';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { indexFolder } from './index-folder.ts';
import { openJobIndex } from './open-job-index.ts';

describeJobIndex({
  name: 'sqlite',
  capabilities: { reopen: true, corrupt: true },
  create() {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tksm-index-'));
    let index = openJobIndex({ dir });
    return Promise.resolve({
      index,
      reopen: async () => {
        await index.close();
        return (index = openJobIndex({ dir }));
      },
      corrupt: (id) => {
        const db = new DatabaseSync(indexFolder(dir).file);
        db.prepare(
          "UPDATE records SET body = CAST(replace(CAST(body AS TEXT), 'a', 'b') AS BLOB) WHERE id = ?",
        ).run(Buffer.from(id, 'hex'));
        db.close();
      },
      destroy: async () => {
        await index.close();
        fs.rmSync(dir, { recursive: true });
      },
    });
  },
});
