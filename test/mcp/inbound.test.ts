import { expect, test } from 'vitest';
import { type Inbound, readInbound } from '../../src/mcp/inbound.ts';
import { LineSplitter } from '../../src/mcp/stdio/line-splitter.ts';

const LIMIT = 20_000;

function read(line: string | Buffer): Inbound {
  const splitter = new LineSplitter(LIMIT);
  const [first] = [...splitter.push(Buffer.concat([Buffer.from(line), Buffer.from('\n')]))];
  if (first === undefined) throw new Error('no line');
  return readInbound(first, LIMIT);
}

const call = (args: string, id = '1') =>
  `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"put_config","arguments":${args}}}`;
const modern = (version: string) =>
  `{"jsonrpc":"2.0","id":9,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"${version}","io.modelcontextprotocol/clientCapabilities":{}}}}`;

test.each<[string, string | Buffer, number | string | undefined, number, RegExp]>([
  ['broken JSON', '{"jsonrpc":"2.0","id":1,', undefined, -32700, /not valid JSON/],
  ['no JSON at all', 'hello', undefined, -32700, /not valid JSON/],
  ['a raw null byte', '{"jsonrpc":"2.0","id":1,"method":"a\0b"}', undefined, -32700, /not valid JSON/],
  [
    'invalid UTF-8',
    Buffer.concat([Buffer.from('{"jsonrpc":"2.0","id":4,"method":"'), Buffer.from([0xff]), Buffer.from('"}')]),
    4,
    -32700,
    /UTF-8/,
  ],
  ['a bare value', '5', undefined, -32600, /JSON object/],
  ['null', 'null', undefined, -32600, /JSON object/],
  ['an empty object', '{}', undefined, -32600, /"jsonrpc"/],
  ['an empty batch', '[]', undefined, -32600, /batches/],
  ['no jsonrpc', '{"id":2,"method":"ping"}', 2, -32600, /"jsonrpc"/],
  ['another jsonrpc', '{"jsonrpc":"1.0","id":2,"method":"ping"}', 2, -32600, /"jsonrpc"/],
  ['no method', '{"jsonrpc":"2.0","id":"x"}', 'x', -32600, /"method"/],
  ['a method that is no string', '{"jsonrpc":"2.0","id":2,"method":5}', 2, -32600, /"method"/],
  ['a null id', '{"jsonrpc":"2.0","id":null,"method":"ping"}', undefined, -32600, /"id"/],
  ['an object as id', '{"jsonrpc":"2.0","id":{},"method":"ping"}', undefined, -32600, /"id"/],
  ['a fraction as id', '{"jsonrpc":"2.0","id":1.5,"method":"ping"}', undefined, -32600, /"id"/],
  ['params that are a list', '{"jsonrpc":"2.0","id":2,"method":"ping","params":[1]}', 2, -32602, /"params"/],
  ['params that are a number', '{"jsonrpc":"2.0","id":2,"method":"ping","params":5}', 2, -32602, /"params"/],
  ['__proto__ in arguments that are text', call('"{\\"__proto__\\":{}}"'), 1, -32602, /__proto__/],
  ['_meta that is no object', '{"jsonrpc":"2.0","id":2,"method":"ping","params":{"_meta":5}}', 2, -32602, /"_meta"/],
  [
    'a progress token that is an object',
    '{"jsonrpc":"2.0","id":2,"method":"ping","params":{"_meta":{"progressToken":{}}}}',
    2,
    -32602,
    /"_meta"/,
  ],
  ['a key twice in tool arguments', call('{"name":"a","name":"b"}'), 1, -32602, /occurs twice/],
  ['a key twice deep in tool arguments', call('{"json":{"a":[{"b":1,"b":2}]}}'), 1, -32602, /occurs twice/],
  ['a key twice, spelled with an escape', call('{"json":{"a":1,"\\u0061":2}}'), 1, -32602, /occurs twice/],
  ['two ids', '{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}', undefined, -32600, /occurs twice/],
  ['__proto__ as an argument', call('{"__proto__":{"name":"a"}}'), 1, -32602, /__proto__/],
  [
    '__proto__ as an argument, spelled with an escape',
    call('{"\\u005f_proto__":{"name":"a"}}'),
    1,
    -32602,
    /__proto__/,
  ],
  [
    '__proto__ as a param',
    '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"__proto__":{}}}',
    1,
    -32602,
    /__proto__/,
  ],
  ['a lone surrogate in a value', call('{"content":"\\ud800"}'), 1, -32602, /lone surrogate/],
  ['a lone surrogate in a key', call('{"json":{"\\udc00":1}}'), 1, -32602, /lone surrogate/],
  [
    'an integer beyond 2^53',
    call('{"json":{"a":9007199254740993}}'),
    1,
    -32602,
    /integer.*as a string, or the document as text/,
  ],
  ['an infinite number', call('{"json":{"a":1e999}}'), 1, -32602, /finite/],
  ['bottomless nesting', call(`{"json":${'['.repeat(2_000)}${']'.repeat(2_000)}}`), 1, -32602, /nested/],
  ['a protocol version nobody has', modern('2099-01-01'), 9, -32022, /2099-01-01/],
  ['a 2025 version in the 2026 place', modern('2025-11-25'), 9, -32022, /2025-11-25/],
  [
    'a cursor where there is one page',
    '{"jsonrpc":"2.0","id":3,"method":"tools/list","params":{"cursor":"x"}}',
    3,
    -32602,
    /cursor/,
  ],
  [
    'a long line with its id first',
    call(JSON.stringify({ content: 'x'.repeat(LIMIT) }), '77'),
    77,
    -32600,
    /has 20\d\d\d bytes, over the limit of 20000/,
  ],
  [
    'a long line with its id last',
    `{"method":"tools/call","params":{"content":"${'x'.repeat(LIMIT)}"},"jsonrpc":"2.0","id":"last"}`,
    'last',
    -32600,
    /over the limit/,
  ],
  [
    'a long line with its id before jsonrpc',
    `{"method":"tools/call","params":{"content":"${'x'.repeat(LIMIT)}"},"id":78,"jsonrpc":"2.0"}`,
    78,
    -32600,
    /over the limit/,
  ],
  [
    'a long line whose only id is in its content',
    `{"method":"x","params":{"a":"${'x'.repeat(LIMIT)}","id":5}}`,
    undefined,
    -32600,
    /over the limit/,
  ],
  ['a long line of nothing', 'x'.repeat(LIMIT + 1), undefined, -32600, /over the limit/],
])('%s is answered', (_what, line, id, code, message) => {
  const inbound = read(line);
  if (inbound.kind !== 'refused') throw new Error(`it is ${inbound.kind}`);
  expect(inbound.answers).toHaveLength(1);
  const [answer] = inbound.answers;
  expect(answer).toMatchObject({ jsonrpc: '2.0', error: { code, message: expect.stringMatching(message) } });
  expect(answer?.id).toBe(id);
  expect(Object.hasOwn(answer ?? {}, 'id')).toBe(id !== undefined);
});

test('an unsupported version names the supported ones', () => {
  const inbound = read(modern('2099-01-01'));
  expect(inbound).toMatchObject({
    answers: [{ error: { data: { supported: ['2026-07-28'], requested: '2099-01-01' } } }],
  });
});

test('each request of a batch gets its answer', () => {
  const inbound = read(
    '[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"x"},{"jsonrpc":"2.0","id":"b","method":"ping"}]',
  );
  if (inbound.kind !== 'refused') throw new Error('not refused');
  expect(inbound.answers.map(({ id }) => id)).toEqual([1, 'b']);
});

test.each([
  ['an empty line', ''],
  ['white space', ' \t\r'],
  ['a malformed response', '{"jsonrpc":"2.0","id":{},"result":{}}'],
  ['a response of another kind', '{"id":1,"error":5}'],
  ['a notification with params that are a list', '{"jsonrpc":"2.0","method":"x","params":[]}'],
])('%s is ignored', (_what, line) => {
  expect(read(line).kind).toBe('ignored');
});

test.each([
  ['a request', '{"jsonrpc":"2.0","id":1,"method":"ping"}'],
  ['an unknown method', '{"jsonrpc":"2.0","id":1,"method":"no/such"}'],
  ['a notification', '{"jsonrpc":"2.0","method":"notifications/initialized"}'],
  ['a response', '{"jsonrpc":"2.0","id":1,"result":{}}'],
  ['CRLF', '{"jsonrpc":"2.0","id":1,"method":"ping"}\r'],
  ['an escaped null byte', call('{"content":"a\\u0000b"}')],
  ['__proto__ as a text', call('{"content":"__proto__"}')],
  ['__proto__ inside a document', call('{"json":{"__proto__":{"a":1}}}')],
  ['a pair of surrogates', call('{"content":"\\ud83d\\ude00"}')],
  ['a modern request', modern('2026-07-28')],
])('%s is a message', (_what, line) => {
  expect(read(line)).toMatchObject({ kind: 'message', message: { jsonrpc: '2.0' } });
});

test('a member JSON-RPC does not know is left behind', () => {
  expect(read('{"jsonrpc":"2.0","id":1,"method":"ping","extra":true}')).toEqual({
    kind: 'message',
    message: { jsonrpc: '2.0', id: 1, method: 'ping' },
  });
});

test.each<[string, string, unknown, unknown]>([
  ['params that are null', 'ping', null, undefined],
  ['an empty cursor', 'tools/list', { cursor: '' }, {}],
  ['an empty cursor of resources', 'resources/list', { cursor: '' }, {}],
  ['_meta that is null', 'tools/list', { _meta: null }, {}],
  ['a context that is null', 'completion/complete', { context: null }, {}],
  ['arguments as text', 'tools/call', { name: 'a', arguments: '{"x": [1]}' }, { name: 'a', arguments: { x: [1] } }],
  ['arguments as empty text', 'tools/call', { name: 'a', arguments: '' }, { name: 'a' }],
  ['arguments of a prompt as text', 'prompts/get', { arguments: '{"x":1}' }, { arguments: { x: '1' } }],
  [
    'numbers for a prompt',
    'prompts/get',
    { arguments: { a: 1, b: true, c: null } },
    { arguments: { a: '1', b: 'true' } },
  ],
  ['a number where a tool may take one', 'tools/call', { arguments: { a: 1 } }, { arguments: { a: 1 } }],
  ['arguments as text that is no object', 'tools/call', { arguments: '[1]' }, { arguments: '[1]' }],
  ['arguments as text with a key twice', 'tools/call', { arguments: '{"a":1,"a":2}' }, { arguments: '{"a":1,"a":2}' }],
])('%s: read as it is meant', (_what, method, params, wanted) => {
  expect(read(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }))).toEqual({
    kind: 'message',
    message: { jsonrpc: '2.0', id: 1, method, ...(wanted !== undefined && { params: wanted }) },
  });
});
