import { describeBlobStore } from '@tksm/conformance';
import { createMemoryBlobStore } from './memory-blob-store.ts';

describeBlobStore({
  name: 'memory',
  capabilities: { corrupt: true },
  async create() {
    const store = createMemoryBlobStore();
    return { store, destroy: () => store.close(), corrupt: (hash) => store.corrupt(hash) };
  },
});
