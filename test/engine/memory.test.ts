import { expect, it } from 'vitest';
import { memoryEngine } from '../../src/engine/memory/memory-engine.ts';
import { MemoryStore } from '../../src/engine/memory/memory-store.ts';
import { append, logOf } from './append.ts';
import { engineContract } from './contract/engine-contract.ts';

engineContract('memory', async () => {
  const store = new MemoryStore();
  await memoryEngine(store).prepare();
  return {
    open: () => memoryEngine(store),
    openLosingAnAnswer: () => {
      store.answersToLose++;
      return memoryEngine(store);
    },
    damageObject: async (digest, bytes) => store.damageObject(digest, bytes),
    placeEntry: async (index, bytes) => store.damageEntry(index, bytes),
    ageObject: async (digest) => store.ageObject(digest, 2 * 86_400_000),
    dispose: async () => undefined,
  };
});

it('refuses a write before it is prepared', async () => {
  const engine = memoryEngine();
  expect(() => engine.log.stage({ index: 0, envelope: Buffer.from('x'), artifacts: [] })).toThrow('not prepared');
  await expect(engine.objects.put(Buffer.from('x'))).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
});

it('has an artifact that was only begun once its commit is published', async () => {
  const engine = memoryEngine();
  await engine.prepare();
  const pending = engine.objects.begin(Buffer.from('x'));
  await pending.durable;
  expect(await engine.objects.has(pending.digest)).toBe(false);
  await append(engine, 0, 'a', [pending]);
  expect(await engine.objects.has(pending.digest)).toBe(true);
});

it('keeps a quarantined entry', async () => {
  const store = new MemoryStore();
  const engine = memoryEngine(store);
  await engine.prepare();
  await append(engine, 0, '0');
  await append(engine, 1, '1');
  await engine.admin.quarantine(1);
  expect(await logOf(engine)).toEqual(['0']);
  expect(store.quarantine).toEqual([{ index: 1, envelope: Buffer.from('1') }]);
});
