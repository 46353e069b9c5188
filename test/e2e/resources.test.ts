import { expect, test } from 'vitest';
import { ServerProcess, temporaryVar } from './server-process.ts';

/** In the form of a GitHub token, made up here. */
const TOKEN = `ghp_${'aB3dE6gH9jK2mN5pQ8sT1vW4xY7zC0fG2hJ5'}`;

test('resources come in pages, in order, each config once', async () => {
  const server = new ServerProcess(await temporaryVar());
  await server.initialize();
  const names = Array.from({ length: 130 }, (_, n) => `page/${String(n).padStart(3, '0')}`);
  for (const name of names) server.call(name, 'put_config', { name, content: 'x' });
  for (const name of names) expect((await server.reply(name)).result?.['isError']).toBeUndefined();

  const uris: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 3; page++) {
    server.request(`list-${page}`, 'resources/list', cursor === undefined ? {} : { cursor });
    const result = (await server.reply(`list-${page}`)).result as {
      resources: Array<{ uri: string }>;
      nextCursor?: string;
    };
    uris.push(...result.resources.map(({ uri }) => uri));
    cursor = result.nextCursor;
    if (cursor === undefined) break;
  }
  expect(cursor).toBeUndefined();
  expect(uris).toEqual(['store://health', 'store://log', ...names.map((name) => `config://${name}`)]);
});

test('bytes that are no text come as a blob, and a name of one segment has versions too', async () => {
  const server = new ServerProcess(await temporaryVar());
  await server.initialize();
  const blob = Buffer.from([0xff, 0x00, 0xfe]).toString('base64');
  server.call(1, 'put_config', { name: 'short', content: blob, encoding: 'base64' });
  await server.reply(1);
  server.request(2, 'resources/read', { uri: 'config://short@1' });
  expect((await server.reply(2)).result).toMatchObject({
    contents: [
      {
        uri: 'config://short@1',
        mimeType: 'application/octet-stream',
        blob,
        _meta: { verified: true, receipt: { version: 1 } },
      },
    ],
  });
});

test('the arguments of prompts are completed', async () => {
  const server = new ServerProcess(await temporaryVar());
  await server.initialize();
  server.call(1, 'put_config', { name: 'team/one', content: 'x' });
  await server.reply(1);
  const complete = async (id: number, argument: object, context: object = {}) => {
    server.request(id, 'completion/complete', { ref: { type: 'ref/prompt', name: 'roll-back' }, argument, context });
    return (await server.reply(id)).result?.['completion'];
  };
  expect(await complete(2, { name: 'name', value: 'te' })).toMatchObject({ values: ['team/one'] });
  expect(await complete(3, { name: 'version', value: '' }, { arguments: { name: 'team/one' } })).toMatchObject({
    values: ['1'],
  });
  expect(await complete(4, { name: 'version', value: '' }, { arguments: { name: 'Not A Name' } })).toMatchObject({
    values: [],
  });
});

test("a client's name is a claim that never makes a write fail", async () => {
  for (const name of ['n'.repeat(5_000), '', '\u0000\u202e', 'ghp_0123456789abcdefghijABCDEFGHIJ012345', TOKEN]) {
    const server = new ServerProcess(await temporaryVar());
    server.request('init', 'initialize', {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name, version: 'v'.repeat(500) },
    });
    await server.reply('init');
    server.call(1, 'put_config', { name: 'a', content: 'x' });
    expect((await server.reply(1)).result?.['structuredContent'], name.slice(0, 10)).toMatchObject({ created: true });
  }
});
