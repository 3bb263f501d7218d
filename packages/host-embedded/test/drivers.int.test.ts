import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isKernelError } from '@tksm/abstractions';
import type { CapabilityClaim, JobOutcome, Kernel } from '@tksm/abstractions';
import { fsDriver } from '@tksm/drivers-fs';
import { systemRandom, systemTimers } from '@tksm/drivers-system';
import { wasmDriver } from '@tksm/drivers-wasm';
import { createKernel } from '@tksm/host-embedded';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** A program that copies `a.txt` from its first folder to its second. */
const COPY =
  'AGFzbQEAAAABHQRgCX9/f39/fn5/fwF/YAR/f39/AX9gAX8AYAAAAooBBBZ3YXNpX3NuYXBzaG90X3ByZXZpZXcxCXBhdGhfb3BlbgAAFndhc2lfc25hcHNob3RfcHJldmll' +
  'dzEHZmRfcmVhZAABFndhc2lfc25hcHNob3RfcHJldmlldzEIZmRfd3JpdGUAARZ3YXNpX3NuYXBzaG90X3ByZXZpZXcxCXByb2NfZXhpdAACAwIBAwUDAQABBxMCBm1lbW9y' +
  'eQIABl9zdGFydAAECmgBZgBBA0EAQeQAQQVBAEICQgJBAEEQEAAEQEEBEAMLQQBByAE2AgBBBEHoBzYCAEEQKAIAQQBBAUEEEAEaQQRBAEHkAEEFQQFCf0J/QQBBEBAABEBB' +
  'AhADC0EQKAIAQQBBAUEIEAIaCwsMAQBB5AALBWEudHh0';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tksm-files-'));
  for (const folder of ['corp/in', 'corp/out', 'corp-old'])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'corp/in/a.txt'), 'hello');
  writeFileSync(join(root, 'corp-old/secret.txt'), 'secret');
  writeFileSync(join(root, 'corp/copy.wasm'), Buffer.from(COPY, 'base64'));
  symlinkSync('../corp-old', join(root, 'corp/link'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** How a call by `driver.call` ends: refused at once, or as its job does. */
type Call = (input: object) => Promise<JobOutcome | string>;

/** Runs with a kernel whose data folder lies among the files, and calls that may do what the rights say. */
function withFiles(
  rights: readonly CapabilityClaim[],
  body: (call: Call, kernel: Kernel) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const data = join(root, 'corp/.tksm');
    const drivers = [
      fsDriver({ random: systemRandom, root, refused: [data] }),
      wasmDriver({ timers: systemTimers }),
    ];
    const kernel = await createKernel({ data, drivers });
    try {
      const handle = await kernel.derive({ rights, caveats: { within: '/corp' } }, kernel.operator);
      await body(async (input) => {
        try {
          return await kernel.outcome((await kernel.enqueue({ kind: 'driver.call', input }, handle)).job);
        } catch (error) {
          if (isKernelError(error)) return error.code;
          throw error;
        }
      }, kernel);
    } finally {
      await kernel.stop();
    }
  };
}

async function recordedUses(kernel: Kernel): Promise<readonly string[]> {
  const { position } = await kernel.read(({ position }) => ({ position }));
  const uses: string[] = [];
  for await (const { position: at, event } of kernel.events({ from: 0 })) {
    if (event.type === 'driver.called') {
      uses.push(...event.uses.map(({ action, resource }) => `${action}:${resource}`));
    }
    if (at >= position - 1) break;
  }
  return uses;
}

describe('the driver fs in a kernel', () => {
  it(
    'reads and writes what its caller may, and nothing else',
    withFiles(['fs.read:**', 'fs.write:/corp/out/*'], async (call, kernel) => {
      const fs = { driver: 'fs', op: 'read' };
      expect(await call({ ...fs, path: '/corp/in/a.txt' })).toEqual({
        status: 'succeeded',
        output: { size: 5, fileSize: 5, text: 'hello' },
      });
      const bytes = Uint8Array.of(0, 255);
      const written = await call({ driver: 'fs', op: 'write', path: '/corp/out/raw', bytes });
      expect(written).toEqual({ status: 'succeeded', output: { size: 2, created: true } });
      expect(await call({ ...fs, path: '/corp/out/raw' })).toMatchObject({
        output: { bytes: { $bytes: 'AP8=' } },
      });
      expect(await call({ ...fs, path: '/corp-old/secret.txt' })).toBe('CapabilityDenied');
      expect(await call({ ...fs, path: '/corp/../corp-old/secret.txt' })).toBe('InvalidInput');
      expect(await call({ driver: 'fs', op: 'write', path: '/corp/in/a.txt', text: '' })).toBe(
        'CapabilityDenied',
      );
      for (const path of ['/corp/link/secret.txt', '/corp/.tksm/vault']) {
        expect(await call({ ...fs, path })).toMatchObject({ error: { code: 'PathRefused' } });
      }
      expect(await recordedUses(kernel)).toEqual([
        'fs.read:/corp/in/a.txt',
        'fs.write:/corp/out/raw',
        'fs.read:/corp/out/raw',
        'fs.read:/corp/link/secret.txt',
        'fs.read:/corp/.tksm/vault',
      ]);
    }),
  );
});

describe('the driver wasm in a kernel', () => {
  const run = (from: string): object => ({
    ...{ driver: 'wasm', op: 'run', module: { path: '/corp/copy.wasm' } },
    dirs: [
      { guest: '/in', path: from, access: 'read' },
      { guest: '/out', path: '/corp/out', access: 'write' },
    ],
  });
  const rights = ['wasm.run:/corp/*', 'fs.read:**', 'fs.list:**', 'fs.write:/corp/out/*'];

  it(
    'runs a program over files that its caller may read, and leaves what it wrote',
    withFiles(rights, async (call, kernel) => {
      const output = { exitCode: 0, stdout: '', stderr: '', written: 1 };
      expect(await call(run('/corp/in'))).toEqual({ status: 'succeeded', output });
      expect(readFileSync(join(root, 'corp/out/a.txt'), 'utf8')).toBe('hello');
      expect(await recordedUses(kernel)).toEqual([
        'wasm.run:/corp/copy.wasm',
        'fs.read:/corp/copy.wasm',
        'fs.list:/corp/in',
        'fs.read:/corp/in/a.txt',
        'fs.write:/corp/out/a.txt',
      ]);
    }),
  );

  it(
    'does not run one over files that its caller may not',
    withFiles(rights, async (call) => {
      expect(await call(run('/corp-old'))).toMatchObject({
        error: { code: 'CapabilityDenied', data: { right: 'fs.list:/corp-old' } },
      });
      expect(existsSync(join(root, 'corp/out/a.txt'))).toBe(false);
    }),
  );
});
