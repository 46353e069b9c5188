import { PassThrough } from 'node:stream';
import type { JSONRPCMessage } from '@modelcontextprotocol/server';
import { expect, test, vi } from 'vitest';
import { MAX_MESSAGE_BYTES } from '../../src/mcp/outbound.ts';
import { LineTransport } from '../../src/mcp/stdio/transport.ts';

interface Reply {
  readonly id?: number | string;
  readonly error?: { readonly code: number; readonly message: string };
  readonly result?: unknown;
}

async function open() {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const ends: string[] = [];
  const received: JSONRPCMessage[] = [];
  const errors: Error[] = [];
  const transport = new LineTransport({ stdin, stdout, onEnd: (reason) => ends.push(reason) });
  transport.onmessage = (message) => received.push(message);
  transport.onerror = (error) => errors.push(error);
  await transport.start();
  const written = (): Reply[] => {
    const text = (stdout.read() as Buffer | null)?.toString() ?? '';
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Reply);
  };
  return { stdin, stdout, ends, received, errors, transport, written };
}

const ping = (id: number) => `{"jsonrpc":"2.0","id":${id},"method":"ping"}\n`;

test('a line of 10 MiB is answered, and so is what follows', async () => {
  const { stdin, received, written } = await open();
  const body = 'x'.repeat(10 * 1_048_576);
  stdin.write(`{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"a":"${body}"}}\n${ping(8)}`);
  await vi.waitFor(() => expect(received).toHaveLength(1));
  expect(received[0]).toMatchObject({ id: 8 });
  expect(written()).toEqual([
    {
      jsonrpc: '2.0',
      id: 7,
      error: { code: -32_600, message: expect.stringContaining(`over the limit of ${MAX_MESSAGE_BYTES} bytes`) },
    },
  ]);
});

test('calls in flight are waited for, cancelled ones and subscriptions are not', async () => {
  const { stdin, received, transport } = await open();
  stdin.write(`${ping(1)}${ping(2)}{"jsonrpc":"2.0","id":3,"method":"subscriptions/listen","params":{}}\n`);
  stdin.write('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2}}\n');
  await vi.waitFor(() => expect(received).toHaveLength(4));
  expect(await transport.drained(1)).toBe(false);
  const drained = transport.drained(60_000);
  await transport.send({ jsonrpc: '2.0', id: 1, result: {} });
  expect(await drained).toBe(true);
  expect(await transport.drained(0)).toBe(true);
});

test('the end of input is told once, after a last line without a line feed', async () => {
  const { stdin, ends, received, transport } = await open();
  stdin.end(ping(1).trimEnd());
  await vi.waitFor(() => expect(ends).toEqual(['stdin']));
  expect(received).toHaveLength(1);
  await transport.send({ jsonrpc: '2.0', id: 1, result: {} });
  expect(await transport.drained(0)).toBe(true);
});

test('a reader that is gone ends it quietly', async () => {
  const { stdout, ends, errors, transport } = await open();
  stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  await vi.waitFor(() => expect(ends).toEqual(['stdout']));
  await transport.send({ jsonrpc: '2.0', id: 1, result: {} });
  expect(errors).toEqual([]);
});

test('reading pauses while nobody reads the answers, and goes on after', async () => {
  const { stdin, stdout, transport } = await open();
  const sending = Array.from({ length: 6 }, (_, id) =>
    transport.send({ jsonrpc: '2.0', id, result: { text: 'x'.repeat(4_000_000) } }),
  );
  expect(stdin.isPaused()).toBe(true);
  stdout.resume();
  await Promise.all(sending);
  await vi.waitFor(() => expect(stdin.isPaused()).toBe(false));
});

test("a validator's dump becomes one plain sentence with the right code", async () => {
  const { transport, written } = await open();
  const dump = `ZodError: ${JSON.stringify([{ code: 'invalid_type', path: ['params', 'uri'], message: 'expected string' }], undefined, 2)}`;
  await transport.send({ jsonrpc: '2.0', id: 1, error: { code: -32_603, message: dump } });
  await transport.send({
    jsonrpc: '2.0',
    id: 2,
    error: { code: -32_602, message: `Invalid tools/call request: ${dump.replace('ZodError: ', '')}` },
  });
  await transport.send({ jsonrpc: '2.0', id: 3, error: { code: -32_603, message: 'something [else] happened' } });
  expect(written().map(({ error }) => error)).toEqual([
    { code: -32_602, message: 'Invalid params: uri: expected string' },
    { code: -32_602, message: 'Invalid params: uri: expected string' },
    { code: -32_603, message: 'something [else] happened' },
  ]);
});

test('an answer over the limit becomes an error that says so', async () => {
  const { transport, written } = await open();
  await transport.send({ jsonrpc: '2.0', id: 1, result: { text: 'ä'.repeat(2_200_000) } });
  expect(written()).toEqual([
    { jsonrpc: '2.0', id: 1, error: { code: -32_603, message: expect.stringContaining('ask for less') } },
  ]);
});

test('after it is closed nothing is read or written', async () => {
  const { stdin, received, transport, written } = await open();
  const closed = vi.fn();
  transport.onclose = closed;
  await transport.close();
  await transport.close();
  stdin.write(ping(1));
  await transport.send({ jsonrpc: '2.0', id: 1, result: {} });
  expect(closed).toHaveBeenCalledTimes(1);
  expect(received).toEqual([]);
  expect(written()).toEqual([]);
});

test('an answer is one line for every reader of lines, whatever it holds', async () => {
  const { transport, stdout } = await open();
  const result = { text: 'a\u2028b\u2029c\u0085d' };
  await transport.send({ jsonrpc: '2.0', id: 1, result });
  const line = (stdout.read() as Buffer).toString();
  expect(line).not.toMatch(/[\u2028\u2029\u0085]/);
  expect(JSON.parse(line)).toEqual({ jsonrpc: '2.0', id: 1, result });
});
