/** Where the servers listen, on this machine; port by server. */
export type Endpoints = Readonly<Partial<Record<ServerName, number>>>;
export type ServerName = 'redis-always' | 'redis-everysec' | 'postgres';

/** @throws Error when that server was not started */
export function portOf(endpoints: Endpoints, server: ServerName): number {
  const port = endpoints[server];
  if (port === undefined) throw new Error(`${server} is not running`);
  return port;
}
