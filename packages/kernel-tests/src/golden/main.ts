// Records a golden history: `pnpm golden:record` while nothing is released, `pnpm golden:record 1.2.0` for a release.
// What a release recorded is never recorded again.

import { access, mkdir, writeFile } from 'node:fs/promises';
import { GOLDEN_FOLDER, UNRELEASED, writeGolden } from './golden-history.ts';
import { recordHistory } from './record-history.ts';

const [release = UNRELEASED] = process.argv.slice(2);
const folder = new URL(`${release}/`, GOLDEN_FOLDER);
const exists = await access(folder).then(
  () => true,
  () => false,
);
if (exists && release !== UNRELEASED) throw new Error(`${release} is released: its history stays as it is`);
const history = await recordHistory();
await mkdir(folder, { recursive: true });
await writeFile(new URL('history.jsonl', folder), writeGolden(history));
console.log(`${release}: ${history.frames.length} frames, ${Object.keys(history.digests).length} digests`);
