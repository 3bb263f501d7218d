import type { Endpoints, ServerName } from './endpoints.ts';
import { startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';
import type { Server } from './server.ts';

const STARTERS: Readonly<Record<ServerName, (dir: string) => Promise<Server>>> = {
  'redis-always': (dir) => startRedis(dir, 'always'),
  'redis-everysec': (dir) => startRedis(dir, 'everysec'),
  postgres: startPostgres,
};

/** The servers of a run. Whatever was started is stopped, also when another does not start. */
export class RunningServers {
  readonly #servers = new Map<ServerName, Server>();

  async start(names: Iterable<ServerName>, dir: string): Promise<void> {
    for (const name of names) this.#servers.set(name, await STARTERS[name](dir));
  }

  get endpoints(): Endpoints {
    return Object.fromEntries([...this.#servers].map(([name, { port }]) => [name, port]));
  }

  get pids(): readonly number[] {
    return [...this.#servers.values()].map(({ pid }) => pid);
  }

  /** None for a peer without a server. */
  pidsOf(name: ServerName | undefined): readonly number[] {
    const server = name === undefined ? undefined : this.#servers.get(name);
    return server === undefined ? [] : [server.pid];
  }

  versionOf(name: ServerName): string | undefined {
    return this.#servers.get(name)?.version;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#servers.values()].map((server) => server.stop()));
    this.#servers.clear();
  }

  /** Without waiting, when there is no time. */
  kill(): void {
    for (const { kill } of this.#servers.values()) kill();
  }
}
