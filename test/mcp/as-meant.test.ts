import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../src/mcp/tool/arguments.ts';
import { readAsMeant } from '../../src/mcp/tool/as-meant.ts';
import { TOOLS } from '../../src/mcp/tools/index.ts';

function meant(name: string, args: unknown) {
  const tool = TOOLS.find((one) => one.name === name);
  if (tool === undefined) throw new Error(`no tool ${name}`);
  return readAsMeant(tool.input, args, tool.keepEmpty);
}

describe.each(TOOLS.map((tool) => [tool.name, tool] as const))('%s', (name, tool) => {
  const optional = Object.entries(tool.input.shape).filter(([, schema]) => schema._zod.def.type === 'optional');

  test.each([
    ['null', null],
    ['empty text', ''],
  ])('takes %s for whatever is optional as left out', (_what, value) => {
    const given = Object.fromEntries(
      optional
        .filter(([key]) => value === null || !tool.keepEmpty?.includes(key as never))
        .map(([key]) => [key, value]),
    );
    expect(meant(name, given)).toEqual({ args: {}, fromText: 0 });
  });

  test('keeps unknown arguments, to refuse them', () => {
    expect(meant(name, { nothing_of_the_sort: null }).args).toEqual({ nothing_of_the_sort: null });
  });
});

test.each([
  ['an object as text', 'put_config', { name: 'a', json: '{"x": [1]}' }, { name: 'a', json: { x: [1] } }, 1],
  ['an array as text', 'put_config', { name: 'a', json: ' [1]\n' }, { name: 'a', json: [1] }, 1],
  ['a patch as text', 'patch_config', { name: 'a', patch: '{"x":null}' }, { name: 'a', patch: { x: null } }, 1],
  ['a patch with nulls', 'patch_config', { name: 'a', patch: { x: null } }, { name: 'a', patch: { x: null } }, 0],
  [
    'numbers and booleans as text',
    'get_config',
    { name: 'a', version: '1', draft: 'false', offset: '0', max_chars: '100' },
    { name: 'a', version: 1, draft: false, offset: 0, max_chars: 100 },
    4,
  ],
  ['a list as text', 'publish_drafts', { names: '["a","b"]' }, { names: ['a', 'b'] }, 1],
  [
    'objects as text in a list as text',
    'publish_drafts',
    { expected: '["{\\"name\\":\\"a\\",\\"digest\\":\\"b\\"}"]' },
    { expected: [{ name: 'a', digest: 'b' }] },
    2,
  ],
  ['Python’s True', 'get_config', { name: 'a', draft: 'True' }, { name: 'a', draft: true }, 1],
  ['one text for a list of texts', 'publish_drafts', { names: 'a/b' }, { names: ['a/b'] }, 1],
  ['one text for a list of objects', 'publish_drafts', { expected: 'a/b' }, { expected: 'a/b' }, 0],
  ['text where text is due', 'put_config', { name: 'a', content: '{"x":1}' }, { name: 'a', content: '{"x":1}' }, 0],
  ['empty text as the content', 'put_config', { name: 'a', content: '' }, { name: 'a', content: '' }, 0],
  ['a word for a version', 'get_config', { name: 'a', version: 'latest' }, { name: 'a', version: 'latest' }, 0],
  ['text that two readers read differently', 'put_config', { json: '{"x":1,"x":2}' }, { json: '{"x":1,"x":2}' }, 0],
  ['JSON of another type', 'put_config', { json: '"text"' }, { json: '"text"' }, 0],
])('%s is read as it is meant', (_what, tool, args, wanted, fromText) => {
  expect(meant(tool, args)).toEqual({ args: wanted, fromText });
});

test.each([null, undefined])('%s as all the arguments is none', (args) => {
  expect(meant('check_health', args)).toEqual({ args: {}, fromText: 0 });
});

test('null for what is required is said to be missing', () => {
  const tool = TOOLS.find(({ name }) => name === 'get_config');
  const history = TOOLS.find(({ name }) => name === 'delete_config');
  expect(tool).toBeDefined();
  expect(() =>
    parseArguments('delete_config', history?.input as never, meant('delete_config', { name: null }).args),
  ).toThrow('"name" of delete_config is missing');
});

test('a member named __proto__ stays a member', () => {
  const args = JSON.parse('{"name":"a","json":{"__proto__":1}}') as { json: object };
  const { json } = meant('put_config', args).args as { json: object };
  expect(Object.hasOwn(json, '__proto__')).toBe(true);
});

test.each([
  [
    'a number that JavaScript rounds',
    '{"x":12345678901234567890}',
    /outside the range|2\^53|9007199254740991|integer/i,
  ],
  ['a key twice', '{"a":1,"a":2}', /occurs twice/],
])('a JSON text with %s is refused with the reason', (_what, json, reason) => {
  const put = TOOLS.find(({ name }) => name === 'put_config');
  expect(() =>
    parseArguments('put_config', put?.input as never, meant('put_config', { name: 'a', json }).args),
  ).toThrow(reason);
});
