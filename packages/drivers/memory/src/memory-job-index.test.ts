import { describeJobIndex } from '@tksm/conformance';
import { MemoryJobIndex } from './memory-job-index.ts';

describeJobIndex({
  name: 'memory',
  create() {
    const index = new MemoryJobIndex();
    return Promise.resolve({ index, destroy: () => index.close() });
  },
});
