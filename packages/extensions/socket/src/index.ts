export { connectZone } from './client/connect-zone.ts';
export type { ReachOptions } from './client/reach-server.ts';
export type { ZoneConnection } from './client/remote-zone.ts';
export { SOCKET_FILES } from './folder/socket-files.ts';
export { localZone } from './local-zone.ts';
export { SOCKET_LIMITS } from './limits.ts';
export { serveZone } from './server/serve-zone.ts';
export type { ServeOptions, ZoneServer } from './server/serve-zone.ts';
export type { Time } from './wire/channel.ts';
