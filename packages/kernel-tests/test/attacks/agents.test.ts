import type { CapabilityHandle, ErrorCode } from '@tksm/abstractions';
import { agentDoes, scheduleTask, spawnAgent } from '@tksm/kernel-tests';
import { attackTable } from './attack-table.ts';
import type { Attack } from './attack-table.ts';
import { Scene } from './scene.ts';

const ECHO = { kind: 'echo', input: 1 };
const ONCE = { maxAttempts: 1 };
/** What agents here may do: all with themselves, and what they spawn. */
const OWN = ['job.submit:echo', 'agent.*:self/**'];

/** What one agent does to another, with all rights on itself. */
const doing = (name: string, kind: string, more: object = {}): Attack => [
  name,
  async ({ test }) => {
    const [mine, theirs] = [await spawnAgent(test, { rights: OWN }), await spawnAgent(test, { rights: OWN })];
    return () => agentDoes(test, kind, { agent: theirs.id, ...more } as never, mine.handle);
  },
  'CapabilityDenied',
];

const OTHERS: readonly Attack[] = [
  doing("to schedule a task in another's lane", 'schedule-task', ECHO),
  doing('to observe for another', 'observe', { data: 1 }),
  doing("to read another's inbox", 'receive', { max: 1 }),
  doing('to stop another', 'stop'),
  doing('to spawn beside itself', 'spawn', { name: 'x', rights: ['job.submit:echo'], agent: undefined }),
  [
    'to spawn below another one, named as its parent',
    async ({ test }) => {
      const [mine, theirs] = [await spawnAgent(test, { rights: OWN }), await spawnAgent(test)];
      return () =>
        agentDoes(test, 'spawn', { name: 'x', rights: ['job.submit:echo'], parent: theirs.id }, mine.handle);
    },
    'CapabilityDenied',
  ],
  [
    'to listen to another without the right to',
    async ({ test }) => {
      const [mine, theirs] = [await spawnAgent(test, { rights: OWN }), await spawnAgent(test)];
      return () => agentDoes(test, 'subscribe', { agent: mine.id, to: theirs.id }, mine.handle);
    },
    'CapabilityDenied',
  ],
  [
    'to have another listen to itself',
    async ({ test }) => {
      const [mine, theirs] = [await spawnAgent(test, { rights: OWN }), await spawnAgent(test)];
      return () => agentDoes(test, 'subscribe', { agent: theirs.id, to: mine.id }, mine.handle);
    },
    'CapabilityDenied',
  ],
  [
    'of a child on the one above it',
    async ({ test }) => {
      const top = await spawnAgent(test, { rights: OWN });
      const sub = await spawnAgent(test, { rights: OWN, parent: top.id }, top.handle);
      return () => agentDoes(test, 'stop', { agent: top.id }, sub.handle);
    },
    'CapabilityDenied',
  ],
  [
    "to put a job of its own into another's lane",
    async ({ kernel, test }) => {
      const [mine, theirs] = [await spawnAgent(test), await spawnAgent(test)];
      return () => kernel.enqueue({ ...ECHO, agent: theirs.id } as never, mine.handle);
    },
    'CapabilityDenied',
  ],
  [
    'to use a path in place of an id',
    async ({ test }) => {
      const top = await spawnAgent(test, { rights: OWN });
      const theirs = await spawnAgent(test);
      return () => agentDoes(test, 'stop', { agent: `${top.id}/../${theirs.id}` }, top.handle);
    },
    'InvalidInput',
  ],
];

const spawning = (name: string, input: object, code: ErrorCode = 'CapabilityDenied'): Attack => [
  name,
  async ({ test }) => {
    const caveats = { count: 9, hosts: ['a.example'], within: '/corp', kinds: ['echo', 'agent.spawn'] };
    const top = await spawnAgent(test, { rights: [...OWN, 'fs.read:/corp/**'], caveats });
    return () =>
      agentDoes(
        test,
        'spawn',
        { name: 'sub', rights: ['job.submit:echo'], parent: top.id, ...input } as never,
        top.handle,
      );
  },
  code,
];

const WIDER: readonly Attack[] = [
  spawning('all rights', { rights: ['*:**'] }),
  spawning('another kind', { rights: ['job.submit:nap'] }),
  spawning('a folder whose name goes on', { rights: ['fs.read:/corp-old/**'] }),
  spawning('rights on all agents', { rights: ['agent.*:**'] }),
  spawning('.. in its rights', { rights: ['fs.read:/corp/../**'] }, 'InvalidInput'),
  spawning('.. behind itself', { rights: ['agent.stop:self/..'] }, 'InvalidInput'),
  spawning('more uses', { caveats: { count: 10 } }),
  spawning('another host', { caveats: { hosts: ['b.example'] } }),
  spawning('the whole tree', { caveats: { within: '/' } }),
  spawning('other kinds', { caveats: { kinds: ['nap'] } }),
  spawning('a name that is too long', { name: 'x'.repeat(257) }, 'InvalidInput'),
  spawning('a description that is too long', { description: 'x'.repeat(4_097) }, 'InvalidInput'),
];

const TASKS: readonly Attack[] = [
  [
    'of a kind that it may not submit',
    async ({ test }) => {
      const agent = await spawnAgent(test, { rights: OWN });
      return () => scheduleTask(test, agent, { kind: 'nap', input: { ms: 1 } }, agent.handle);
    },
    'CapabilityDenied',
  ],
  [
    'of a kind that it may not submit, by who may',
    async ({ kernel, test }) => {
      const agent = await spawnAgent(test, { rights: OWN });
      return () => scheduleTask(test, agent, { kind: 'nap', input: { ms: 1 } }, kernel.operator);
    },
    'CapabilityDenied',
  ],
  [
    'that calls a driver as it may not',
    async ({ test }) => {
      const agent = await spawnAgent(test, { rights: OWN });
      const input = { driver: 'fs', op: 'read', path: '/corp/a.txt' };
      return () => scheduleTask(test, agent, { kind: 'driver.call', input }, agent.handle);
    },
    'CapabilityDenied',
  ],
  [
    'whose handler calls a driver as the agent may not',
    async (scene) => {
      const agent = await spawnAgent(scene.test, { rights: ['job.submit:service', 'agent.*:self/**'] });
      const input = { driver: 'fs', op: 'read', input: { path: '/corp/a.txt' } };
      const notBefore = (await scene.now()) + 1_000;
      const task = { kind: 'service', input, retry: ONCE, notBefore };
      const job = await scheduleTask(scene.test, agent, task, scene.kernel.operator);
      return () => scene.test.outcome(job);
    },
    'CapabilityDenied',
  ],
  [
    'after it was stopped',
    async ({ test }) => {
      const agent = await spawnAgent(test, { rights: OWN });
      await agentDoes(test, 'stop', { agent: agent.id });
      return () => scheduleTask(test, agent, ECHO);
    },
    'AgentStopped',
  ],
  [
    'by its own handle, after the one above it was stopped',
    async ({ kernel, test }) => {
      const top = await spawnAgent(test);
      const sub = await spawnAgent(test, { parent: top.id, rights: OWN }, top.handle);
      await agentDoes(test, 'stop', { agent: top.id });
      return () => kernel.enqueue(ECHO, sub.handle);
    },
    'CapabilityDenied',
  ],
];

/** A service that may read everything, and one of its callers, who may read one folder. */
const served =
  (
    rights: readonly string[],
    path: string,
    submit: (
      scene: Scene,
      service: CapabilityHandle,
      caller: CapabilityHandle,
      input: object,
    ) => Promise<unknown>,
  ) =>
  async (scene: Scene) => {
    const service = await scene.grant(['job.submit:*', 'fs.read:/**']);
    const caller = await scene.grant(rights);
    return () => submit(scene, service, caller, { driver: 'fs', op: 'read', input: { path } });
  };
const CALLER = ['job.submit:*', 'fs.read:/corp/**'];
const SERVICES: readonly Attack[] = [
  [
    "a caller's path beside what the caller may read, under the caller's handle",
    served(CALLER, '/corp-old/a.txt', (scene, _, caller, input) =>
      scene.run({ kind: 'service', input: input as never }, caller),
    ),
    'CapabilityDenied',
  ],
  [
    "a caller's path with .., under the caller's handle",
    served(CALLER, '/corp/../corp-old/a.txt', (scene, _, caller, input) =>
      scene.run({ kind: 'service', input: input as never }, caller),
    ),
    'InvalidInput',
  ],
  [
    "a caller's path, under the service's own handle within claims",
    served(CALLER, '/corp-old/a.txt', (scene, service, _, input) =>
      scene.run({ kind: 'service', input: input as never, claims: ['fs.read:/corp/**'] }, service),
    ),
    'CapabilityDenied',
  ],
  [
    "a caller's path, by a child that claims less than the service has",
    served(CALLER, '/corp-old/a.txt', async (scene, service, _, input) => {
      const claims = ['fs.read:/corp/**'];
      const { job } = await scene.kernel.enqueue(
        { kind: 'broker', input: { ...input, claims } as never },
        service,
      );
      await scene.test.runUntilIdle();
      const child = await scene.kernel.read(({ jobs }) => [...jobs.list({ parent: job })][0]);
      return child && (await scene.test.outcome(child.id));
    }),
    'CapabilityDenied',
  ],
  [
    'a caller that claims what the service has',
    served(CALLER, '/corp-old/a.txt', (scene, _, caller, input) =>
      scene.run({ kind: 'service', input: input as never, claims: ['fs.read:/**'] }, caller),
    ),
    'CapabilityDenied',
  ],
  [
    "a caller that asks for the service's handle",
    served(CALLER, '/corp-old/a.txt', async ({ kernel }, service, caller) =>
      kernel.handle(service.id, caller),
    ),
    'CapabilityDenied',
  ],
  [
    'a caller that looks at what the service read',
    async (scene) => {
      const service = await scene.grant(['job.submit:*', 'fs.read:/**']);
      const caller = await scene.grant(CALLER);
      const input = { driver: 'fs', op: 'read', input: { path: '/corp-old/a.txt' } };
      const { job } = await scene.kernel.enqueue({ kind: 'service', input }, service);
      await scene.test.outcome(job);
      return async () => scene.kernel.mayRead({ job }, caller);
    },
    'CapabilityDenied',
  ],
  [
    'a caller whose job is given the output of what the service read',
    async (scene) => {
      const service = await scene.grant(['job.submit:*', 'fs.read:/**']);
      const caller = await scene.grant(CALLER);
      const input = { driver: 'fs', op: 'read', input: { path: '/corp-old/a.txt' } };
      const { job } = await scene.kernel.enqueue({ kind: 'service', input }, service);
      await scene.test.outcome(job);
      return () =>
        scene.run({ kind: 'echo', input: { $output: { job } } as never, dependsOn: [job] }, caller);
    },
    'CapabilityDenied',
  ],
];

const OUTSIDE = ['job.submit:*', 'schedule.set:*', 'supervisor.*:**', 'agent.*:**', 'job.cancel:**'];
/** A kind of ring 1, asked for by who is of ring 3 and has the right to submit any kind. */
const trusted = (
  name: string,
  act: (scene: Scene, outside: CapabilityHandle) => Promise<unknown>,
): Attack => [
  name,
  async (scene) => {
    const outside = await scene.kernel.derive({ rights: OUTSIDE, ring: 3 }, scene.kernel.operator);
    return () => act(scene, outside);
  },
  'NotAdmitted',
];
const INNER = { kind: 'inner' };
const TRUST: readonly Attack[] = [
  trusted('by a job', (scene, outside) => scene.run(INNER, outside)),
  trusted('in bulk', ({ kernel }, outside) => kernel.enqueueAll([ECHO, INNER], outside)),
  trusted('by a child', (scene, outside) =>
    scene.run({ kind: 'breeder', input: { kind: 'inner', times: 1 } }, outside),
  ),
  trusted('by a schedule', (scene, outside) =>
    scene.perform('schedule.set', { name: 's', everyMs: 5_000, job: INNER }, outside),
  ),
  trusted('by a supervisor', (scene, outside) =>
    scene.perform('supervisor.start', { id: 'keeper', children: [{ id: 'c', ...INNER }] }, outside),
  ),
  trusted('later', ({ kernel, test }, outside) =>
    kernel.enqueue({ ...INNER, notBefore: test.clock.now() + 1_000 }, outside),
  ),
  trusted('under a debounce key', ({ kernel }, outside) =>
    kernel.enqueue({ ...INNER, debounce: { key: 'k', ms: 1_000 } } as never, outside),
  ),
  [
    'by a task of an agent',
    async ({ kernel, test }) => {
      const outside = await kernel.derive({ rights: OUTSIDE, ring: 3 }, kernel.operator);
      const agent = await spawnAgent(test, { rights: ['job.submit:*'] }, outside);
      return () => scheduleTask(test, agent, INNER, outside);
    },
    'NotAdmitted',
  ],
  [
    'by a task of an agent, scheduled by the owner',
    async ({ kernel, test }) => {
      const outside = await kernel.derive({ rights: OUTSIDE, ring: 3 }, kernel.operator);
      const agent = await spawnAgent(test, { rights: ['job.submit:*'] }, outside);
      return () => scheduleTask(test, agent, INNER);
    },
    'NotAdmitted',
  ],
  [
    'by a token',
    async (scene) => {
      const handle = await scene.kernel.accept(await scene.mint({ rights: ['*:**'] }));
      return () => scene.run(INNER, handle);
    },
    'NotAdmitted',
  ],
  [
    'by a handle below',
    async (scene) => {
      const outside = await scene.kernel.derive({ rights: OUTSIDE, ring: 3 }, scene.kernel.operator);
      const below = await scene.grant(['job.submit:*'], {}, outside);
      return () => scene.run(INNER, below);
    },
    'NotAdmitted',
  ],
];

attackTable(
  'an attack by an agent or a service',
  () => Scene.open(),
  {
    'on another agent': OTHERS,
    'a wider child': WIDER,
    'a task': TASKS,
    "a service with a right of its own on a caller's path": SERVICES,
    'a kind of a ring further in': TRUST,
  },
  [
    [
      "a service on a caller's path, under the caller's handle",
      async (scene) => {
        const input = { driver: 'fs', op: 'read', input: { path: '/corp/a.txt' } };
        return await scene.run({ kind: 'service', input }, await scene.grant(CALLER));
      },
    ],
  ],
);
