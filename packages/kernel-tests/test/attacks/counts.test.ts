import type { CapabilityHandle, Caveats } from '@tksm/abstractions';
import { agentDoes, spawnAgent } from '@tksm/kernel-tests';
import { attackTable } from './attack-table.ts';
import type { Attack } from './attack-table.ts';
import { Scene } from './scene.ts';

const ECHO = { kind: 'echo', input: 1 };
const EVERYTHING = ['*:**'];
/** A handle with one use left of a few, in all or at a time. */
const oneLeft = async (scene: Scene, bound: Caveats): Promise<CapabilityHandle> => {
  const handle = await scene.grant(EVERYTHING, bound);
  await scene.run(ECHO, handle);
  return handle;
};
const inAll = (count: number): Caveats => ({ count });
const inADay = (limit: number): Caveats => ({ rate: { limit, periodMs: 86_400_000 } });
const READ = { driver: 'fs', op: 'read', input: { path: '/corp/a.txt' } };

const evasions = (most: (uses: number) => Caveats, bound = most(2)): readonly Attack[] => [
  [
    'one after the other',
    async (scene) => {
      const handle = await oneLeft(scene, bound);
      await scene.run(ECHO, handle);
      return () => scene.run(ECHO, handle);
    },
    'CapabilityDenied',
  ],
  [
    'in bulk',
    async (scene) => {
      const handle = await oneLeft(scene, bound);
      return () => scene.kernel.enqueueAll([ECHO, ECHO], handle);
    },
    'CapabilityDenied',
  ],
  [
    'by another handle below it',
    async (scene) => {
      const handle = await scene.grant(EVERYTHING, most(4));
      for (let n = 0; n < 2; n++) await scene.run(ECHO, await scene.grant(EVERYTHING, {}, handle));
      return () => scene.grant(EVERYTHING, {}, handle);
    },
    'CapabilityDenied',
  ],
  [
    'by the children of a job',
    async (scene) => {
      const handle = await scene.grant(EVERYTHING, bound);
      return () => scene.run({ kind: 'breeder', input: { kind: 'echo', times: 2 } }, handle);
    },
    'CapabilityDenied',
  ],
  [
    'by a schedule',
    async (scene) => {
      const handle = await oneLeft(scene, bound);
      return () => scene.perform('schedule.set', { name: 'often', everyMs: 5_000, job: ECHO }, handle);
    },
    'CapabilityDenied',
  ],
  [
    'by a supervisor',
    async (scene) => {
      const handle = await oneLeft(scene, bound);
      const input = { id: 'keeper', children: [{ id: 'c', ...ECHO }] };
      return () => scene.perform('supervisor.start', input, handle);
    },
    'CapabilityDenied',
  ],
  [
    'by a second call in one job',
    async (scene) => {
      const handle = await oneLeft(scene, bound);
      return () => scene.run({ kind: 'service', input: READ }, handle);
    },
    'CapabilityDenied',
  ],
  [
    'by attempts of one job',
    async (scene) => {
      const handle = await scene.grant(EVERYTHING, most(3));
      return () => scene.run({ kind: 'insistent', input: READ }, handle);
    },
    'CapabilityDenied',
  ],
  [
    'by a task of an agent that it spawned',
    async (scene) => {
      const agent = await spawnAgent(scene.test, {}, await scene.grant(EVERYTHING, most(3)));
      return () => agentDoes(scene.test, 'schedule-task', { agent: agent.id, ...ECHO }, agent.handle);
    },
    'CapabilityDenied',
  ],
];

attackTable('an attack on the bounds of a handle', () => Scene.open(), {
  'in all': evasions(inAll),
  'in a day': evasions(inADay),
});
