#!/usr/bin/env node
import { existsSync } from 'node:fs';
import module from 'node:module';

const LEAST_NODE = 24;

if (Number(process.versions.node.split('.')[0]) < LEAST_NODE) {
  process.stderr.write(`error: tksm needs Node ${LEAST_NODE} or later, this is ${process.versions.node}\n`);
  process.exit(1);
}
// In a checkout it may not be there yet.
if (!existsSync(new URL('../dist/index.js', import.meta.url))) {
  process.stderr.write('error: tksm is not built\n  try: npx --yes pnpm@10.34.9 build\n');
  process.exit(1);
}
// Compiled code is kept between runs: a start then costs half as much.
module.enableCompileCache();
const { main } = await import('../dist/index.js');
await main(process.argv.slice(2));
