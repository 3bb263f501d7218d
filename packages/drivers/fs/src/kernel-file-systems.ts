import { statfs } from 'node:fs/promises';

const PROC = 0x9fa0;

/**
 * File systems whose files are no data but the kernel's own workings: processes, their memory and environment, devices.
 * Source: linux/magic.h.
 */
const KERNEL_FILE_SYSTEMS: ReadonlySet<number> = new Set(
  Object.values({
    ...{ proc: PROC, sysfs: 0x62656572, debugfs: 0x64626720, tracefs: 0x74726163, securityfs: 0x73636673 },
    ...{ configfs: 0x62656570, bpf: 0xcafe4a11, efivarfs: 0xde5e81e4, pstore: 0x6165676c, devpts: 0x1cd1 },
    ...{ cgroup: 0x27e0eb, cgroup2: 0x63677270, binfmt: 0x42494e4d, mqueue: 0x19800202, nsfs: 0x6e736673 },
    ...{ selinux: 0xf97cff8c, smack: 0x43415d53, fusectl: 0x65735543, anonymous: 0x09041934 },
  }),
);

/** Whether what is there belongs to a file system of the kernel, as those at `/proc` and `/sys`. */
export async function isOfKernel(path: string): Promise<boolean> {
  return KERNEL_FILE_SYSTEMS.has(await typeAt(path));
}

/** Whether `/proc` is what this driver takes it for. */
export async function isProc(path: string): Promise<boolean> {
  return (await typeAt(path)) === PROC;
}

async function typeAt(path: string): Promise<number> {
  return (await statfs(path)).type >>> 0;
}
