// Looks for a program where there is none.
import { findProgram } from '../src/rivals/servers/programs.ts';

await findProgram('redis-server');
