// Says what keeps this user from the socket in argv[2].

import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';

const [, , dir = ''] = process.argv;
const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException).code);
const secret = await readFile(path.join(dir, 'tksm.secret')).then(() => 'read', codeOf);
const socket = await new Promise<string>((resolve) => {
  const tried = connect(path.join(dir, 'tksm.sock'));
  tried.on('connect', () => {
    resolve('connected');
  });
  tried.on('error', (error) => {
    resolve(codeOf(error));
  });
});
process.stdout.write(`secret ${secret}, socket ${socket}\n`);
