import path from 'node:path';
import { checkConsumer } from './check-consumer.ts';

const root = path.resolve(import.meta.dirname, '../../..');

try {
  await checkConsumer({
    root,
    consumer: path.join(import.meta.dirname, '../test/consumer/consumer.ts'),
    onStep: (step) => console.log(step),
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
