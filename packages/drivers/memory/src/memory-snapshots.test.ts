import { describeSnapshotStore } from '@tksm/conformance';
import { createMemorySnapshots } from './memory-snapshots.ts';

describeSnapshotStore({
  name: 'memory',
  async create() {
    const store = createMemorySnapshots();
    return { store, reopen: () => store, leftovers: async () => [], destroy: async () => undefined };
  },
});
