import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isConsistent, isIncluded } from './merkle-verify.ts';

/** Proof vectors of transparency-dev/merkle (Apache-2.0), kept beside the project. */
const FOLDER = path.resolve(import.meta.dirname, '../../../../../shared/vectors/merkle');
const LEAST_VECTORS = 150;

interface Vector {
  readonly desc: string;
  readonly wantErr: boolean;
  readonly proof: readonly string[] | null;
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string;
  readonly leafHash: string;
  readonly size1: number;
  readonly size2: number;
  readonly root1: string;
  readonly root2: string;
}

function vectors(kind: 'inclusion' | 'consistency'): [name: string, vector: Vector][] {
  const files = readdirSync(path.join(FOLDER, kind), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.json'))
    .map((file) => [
      `${kind}/${file}`,
      JSON.parse(readFileSync(path.join(FOLDER, kind, file), 'utf8')) as Vector,
    ]);
}

const bytes = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64');

function isAccepted(vector: Vector, kind: string): boolean {
  const proof = (vector.proof ?? []).map(bytes);
  return kind === 'inclusion'
    ? isIncluded({
        index: vector.leafIdx,
        size: vector.treeSize,
        leafHash: bytes(vector.leafHash),
        root: bytes(vector.root),
        proof,
      })
    : isConsistent({
        first: vector.size1,
        second: vector.size2,
        firstRoot: bytes(vector.root1),
        secondRoot: bytes(vector.root2),
        proof,
      });
}

describe('proof vectors from outside', { timeout: 60_000 }, () => {
  it('have the verdicts that they expect', ({ skip }) => {
    if (!existsSync(FOLDER)) {
      console.log('skipped: the vectors of transparency-dev/merkle are not beside the project');
      skip();
    }
    const all = (['inclusion', 'consistency'] as const).flatMap((kind) =>
      vectors(kind).map(([name, vector]) => ({ name, accepted: isAccepted(vector, kind), vector })),
    );
    expect(all.length).toBeGreaterThan(LEAST_VECTORS);
    const wrong = all.filter(({ accepted, vector }) => accepted === vector.wantErr).map(({ name }) => name);
    expect(wrong).toEqual([]);
    console.log(`${all.length} vectors, ${all.filter(({ accepted }) => accepted).length} of them accepted`);
  });
});
