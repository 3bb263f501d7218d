import { File, WASI } from '@bjorn3/browser_wasi_shim';
import type { ThreadEnd, ThreadOutput, ThreadPlan } from '../thread-plan.ts';
import { guestImports, WASI_MODULE } from './guest-imports.ts';
import type { Imports } from './guest-imports.ts';
import { changesIn, guestFolder } from './guest-tree.ts';
import { KeptOutput } from './kept-output.ts';
import { Meter, MeteredFile } from './metered-file.ts';
import { webAssembly } from './web-assembly.ts';

/** Why a module is not run. */
class Refusal extends Error {}

/** Runs a program over what the plan has, and nothing else. Blocks its thread until the program ends. */
export function runModule(plan: ThreadPlan): ThreadOutput {
  const meter = new Meter(plan.maxFileBytes);
  const stdin = new MeteredFile(new File(plan.stdin, { readonly: true }), meter);
  const [stdout, stderr] = [new KeptOutput(plan.maxOutputBytes), new KeptOutput(plan.maxOutputBytes)];
  const folders = plan.dirs.map(guestFolder);
  const fds = [stdin, stdout, stderr, ...folders];
  const shim = new WASI(['program', ...plan.args], [...plan.env], fds, { debug: false });
  const end = ending(() => {
    const instance = instanceOf(plan.module, guestImports(shim, meter));
    const exitCode = shim.start(instance) >>> 0;
    const dirs = exitCode === 0 ? changesIn(folders, plan) : [];
    return { type: 'exited', exitCode, dirs };
  });
  return { end, stdout: stdout.bytes(), stderr: stderr.bytes() };
}

function ending(run: () => ThreadEnd): ThreadEnd {
  try {
    return run();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { type: error instanceof Refusal ? 'refused' : 'trapped', why };
  }
}

type Program = Parameters<WASI['start']>[0];

function instanceOf(bytes: Uint8Array, imports: Imports): Program {
  const module = refusing(() => new webAssembly.Module(bytes), webAssembly.CompileError);
  for (const { module: from, name, kind } of webAssembly.Module.imports(module)) {
    if (from === WASI_MODULE && kind === 'function' && Object.hasOwn(imports, name)) continue;
    throw new Refusal(`it imports the ${kind} ${name} of ${from}, which is not offered`);
  }
  const linked = (): { readonly exports: Readonly<Record<string, unknown>> } =>
    new webAssembly.Instance(module, { [WASI_MODULE]: imports });
  const { memory, _start: start } = refusing(linked, webAssembly.LinkError).exports;
  if (!(memory instanceof webAssembly.Memory)) throw new Refusal('it exports no memory');
  if (typeof start !== 'function') throw new Refusal('it exports no function _start');
  return { exports: { memory, _start: start as () => unknown } };
}

/** Does a thing; errors of the given kind are reasons not to run the module. */
function refusing<T>(work: () => T, kind: new () => Error): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof kind ? new Refusal(error.message) : error;
  }
}
