import { describe, expect, it } from 'vitest';
import { E2E, errorOf, Place } from './tksm.ts';

/** Handlers that a user might write. */
const MODULE = `
  import { writeFile } from 'node:fs/promises';
  export async function run({ n }, { step }) {
    return (await step('doubled', () => n * 2)) + 1;
  }
  export async function hang({ gate }) {
    await writeFile(gate, String(process.pid));
    await new Promise((resolve) => setTimeout(resolve, 600_000));
  }
`;

const input = (fields: object): string => JSON.stringify({ module: 'work.mjs', ...fields });

describe('the kind module', E2E, () => {
  it('runs a function of an ES module in a process of its own', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    place.file('work.mjs', MODULE);
    const done = await place.tksm('job', 'submit', 'module', '--wait', '-i', input({ input: { n: 20 } }));
    expect(done).toMatchObject({ code: 0, stdout: '41\n' });
    const [job] = (await place.json('job', 'ls'))['jobs'] as { readonly id: string }[];
    const shown = (await place.tksm('job', 'show', job?.id ?? '', '--events')).stdout;
    expect(shown).toMatch(/assigned.*to process \d+/);
  });

  it.for([
    ['a module that is not there', { module: 'nowhere.mjs' }, 'WorkerUnusable'],
    ['a function that it does not export', { handler: 'nothing' }, 'WorkerUnusable'],
    ['no module', { module: '' }, 'InvalidInput'],
  ] as const)('fails for %s', async ([, fields, code], { onTestFinished }) => {
    const place = new Place(onTestFinished);
    place.file('work.mjs', MODULE);
    const failed = await place.tksm('job', 'submit', 'module', '--wait', '--json', '-i', input(fields));
    expect(failed.code).not.toBe(0);
    const said = failed.stdout === '' ? errorOf(failed) : (JSON.parse(failed.stdout) as object);
    expect(JSON.stringify(said)).toContain(code);
  });

  it('is seen at work, and goes on elsewhere when its process is killed', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    place.file('work.mjs', MODULE);
    const gate = place.gate();
    const hanging = input({ handler: 'hang', input: { gate: gate.file } });
    const holder = place.start(['job', 'submit', 'module', '--wait', '-i', hanging]);
    const pid = Number(await gate.passed());
    expect((await place.tksm('health')).stdout).toContain(`1 by process ${pid}`);
    const [job] = (await place.json('job', 'ls', '--status', 'running'))['jobs'] as { readonly id: string }[];
    const id = job?.id ?? '';
    expect((await place.tksm('job', 'show', id)).stdout).toContain(`process ${pid}, epoch 1`);
    process.kill(pid, 'SIGKILL');
    const next = Number(await gate.passed());
    const shown = (await place.tksm('job', 'show', id)).stdout;
    expect(shown).toContain(`process ${next}, epoch 2`);
    expect(shown).toContain('interrupted 1 times, 1 workers lost in a row');
    await place.json('job', 'cancel', id);
    expect((await holder.ended).code).toBe(1);
  });
});
