import { describeVault } from '@tksm/conformance';
import { createMemoryVault } from './memory-vault.ts';

describeVault({
  name: 'memory',
  async create() {
    const vault = createMemoryVault();
    return { vault, destroy: () => vault.close() };
  },
});
