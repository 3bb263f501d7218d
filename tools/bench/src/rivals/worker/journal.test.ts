import { appendFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Journal } from './journal.ts';

describe('Journal', () => {
  let dir = '';
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'journal-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('gives back what was done, repeated starts included', () => {
    const journal = new Journal(path.join(dir, 'journal'));
    expect(journal.read().starts).toEqual([]);
    journal.started(1);
    journal.started(1);
    journal.ended(1);
    journal.recorded(1);
    journal.finished();
    const { starts, ended, recorded, finishedAt } = journal.read();
    expect({ starts, ended, recorded }).toEqual({
      ...{ starts: [1, 1], ended: new Set([1]), recorded: new Set([1]) },
    });
    expect(finishedAt).toBeGreaterThan(0);
  });

  it('ignores a line that a kill has cut', () => {
    const journal = new Journal(path.join(dir, 'journal'));
    journal.ended(7);
    appendFileSync(journal.file, 'e 1');
    expect([...journal.read().ended]).toEqual([7]);
  });
});
