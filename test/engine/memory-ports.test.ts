import { commitLogContract } from './commit-log.ts';
import { MemoryCommitLog, MemoryObjectStore } from './memory-ports.ts';
import { objectStoreContract } from './object-store.ts';

// The doubles other tests rely on keep the same contract as the real thing.
commitLogContract('in memory', async () => {
  const log = new MemoryCommitLog();
  return { open: () => log, dispose: async () => undefined };
});

objectStoreContract('in memory', async () => {
  const objects = new MemoryObjectStore();
  return {
    open: () => objects,
    damage: async (digest, bytes) => objects.damage(digest, bytes),
    dispose: async () => undefined,
  };
});
