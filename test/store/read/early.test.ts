import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { memoryEngine } from '../../../src/engine/memory/memory-engine.ts';
import { MemoryStore } from '../../../src/engine/memory/memory-store.ts';
import { openStore } from '../../../src/store/open.ts';
import { author, textOf } from '../../trust/stores.ts';
import { refusal } from '../../verbs/configs/open-context.ts';
import { puts } from '../temporary-var.ts';

/** Two processes of one installation on one memory, and the requests of the second in the order of their beginning. */
async function twoOpen() {
  const root = await mkdtemp(join(tmpdir(), 'config-store-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const memory = new MemoryStore();
  const engine = memoryEngine(memory);
  const asked: string[] = [];
  const { objects, log } = engine;
  const [get, readRange] = [objects.get.bind(objects), log.readRange.bind(log)];
  const say = async <T>(what: string, answer: Promise<T>): Promise<T> => {
    asked.push(`${what}?`);
    const said = await answer;
    asked.push(`${what}!`);
    return said;
  };
  objects.get = (digest, size) => say('artifact', get(digest, size));
  Object.assign(log, { peek: () => undefined }); // as where only a request can tell
  log.readRange = (first, limit) => say('log', readRange(first, limit));
  const folders = { keys: join(root, 'keys'), state: join(root, 'state') };
  const writer = await openStore({ engine: memoryEngine(memory), ...folders });
  await writer.writer.commit(puts({ a: 'one' }));
  const store = await openStore({ engine, ...folders });
  onTestFinished(async () => {
    await store.close();
    await writer.close();
  });
  return { writer, reader: store.reader, takeAsked: () => asked.splice(0) };
}

it('asks for the artifact that is probably wanted while the log is looked at', async () => {
  const { reader, takeAsked } = await twoOpen();
  await reader.read('a');
  takeAsked();
  expect(textOf(await reader.read('a'))).toBe('one');
  const asked = takeAsked();
  expect(asked.slice(0, 2).sort()).toEqual(['artifact?', 'log?']);
  expect(asked.filter((what) => what === 'artifact?')).toHaveLength(1);
});

it('answers with the newest version all the same, and with none that was deleted or purged meanwhile', async () => {
  const { writer, reader } = await twoOpen();
  expect(textOf(await reader.read('a'))).toBe('one');
  await writer.writer.commit(puts({ a: 'two' }));
  const two = await reader.read('a');
  expect([textOf(two), two.row.version]).toEqual(['two', 2]);
  await writer.writer.commit({
    changes: [{ action: 'purge', digest: two.row.digest, reason: 'x' }],
    message: '',
    author,
  });
  expect(await refusal(reader.read('a'))).toMatchObject({ code: 'PURGED' });
  await writer.writer.commit({ changes: [{ action: 'delete', name: 'a' }], message: '', author });
  expect(await refusal(reader.read('a'))).toMatchObject({ code: 'NOT_FOUND' });
});
