// Logs to the file or descriptor it is given, and exits at once.
import { createPinoLogger } from '../src/logging/pino-logger.ts';

const [where = '2'] = process.argv.slice(2);
const destination = /^\d+$/.test(where) ? Number(where) : where;
const logger = createPinoLogger({ clock: { now: () => 0 }, destination });
for (let index = 0; index < 1_000; index++) logger.log('info', 'line', { index });
process.exitCode = 0;
