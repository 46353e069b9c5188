import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareStructure } from '../../src/core/content/compare.ts';
import { parseExact } from '../../src/core/content/content.ts';
import { sameValue } from '../../src/core/content/diff.ts';
import { propertyRuns } from '../property-runs.ts';

const TYPES = {
  json: 'application/json',
  jsonc: 'application/jsonc',
  yaml: 'application/yaml',
  toml: 'application/toml',
};
type Format = keyof typeof TYPES;

async function difference(format: Format, before: string, after: string) {
  const typed = (text: string) => ({ bytes: Buffer.from(text), mediaType: TYPES[format] });
  return compareStructure(typed(before), typed(after));
}

describe('contents that hold other data', () => {
  const pairs: ReadonlyArray<readonly [Format, string, string]> = [
    ['yaml', 'a: !secret x', 'a: x'],
    ['yaml', 'a: !env X', 'a: !secret X'],
    ['yaml', 'a: !reference [x, y]', 'a: [x, y]'],
    ['yaml', 'a: !!set {x, y}', 'a: {x: null, y: null}'],
    ['yaml', 'a: !!omap [x: 1, y: 2]', 'a: !!omap [y: 2, x: 1]'],
    ['yaml', 'a: !!omap [x: 1]', 'a: [x: 1]'],
    ['yaml', 'a: !!binary aGk=', 'a: aGk='],
    ['yaml', 'a: !<tag:example.net,2026:x> 1', 'a: 1'],
    ['yaml', 'a: 1234567890123456789', 'a: 1234567890123456700'],
    ['yaml', 'a: 9007199254740993', 'a: 9007199254740992'],
    ['yaml', 'a: 9007199254740993', 'a: "9007199254740993"'],
    ['yaml', 'a: 1', 'a: 1.0'],
    ['yaml', 'a: 0.1', 'a: 0.10000000000000000001'],
    ['yaml', 'a: .inf', 'a: ".inf"'],
    ['yaml', 'a: -0.0', 'a: 0.0'],
    ['yaml', '1: x', '"1": x'],
    ['yaml', 'true: x', '"true": x'],
    ['yaml', '- a\n- b', 'a\n---\nb'],
    ['yaml', 'a: null', 'a: "null"'],
    ['yaml', 'a: !!float 1', 'a: 1'],
    ['yaml', 'a: !!float 1', 'a: "1"'],
    ['yaml', '%YAML 1.1\n---\na: yes', 'a: yes'],
    ['yaml', 'a: !!timestamp 2026-01-31', 'a: 2026-01-31'],
    ['yaml', 'a: ! 1', 'a: 1'],
    ['yaml', 'b: &b {x: 1}\nc: {<<: *b}', 'b: &b {x: 1}\nc: {x: 1}'],
    ['yaml', '? {a: 1}\n: x', '? {a: 2}\n: x'],
    ['toml', 'a = 2026-01-31', 'a = "2026-01-31"'],
    ['toml', 'a = 2026-01-31', 'a = 2026-01-31T00:00:00'],
    ['toml', 'a = 2026-01-31T00:00:00', 'a = 2026-01-31T00:00:00Z'],
    ['toml', 'a = 07:32:00', 'a = "07:32:00"'],
    ['toml', 'a = 07:32:00.123456', 'a = 07:32:00.123457'],
    ['toml', 'a = 1', 'a = 1.0'],
    ['toml', 'a = 9007199254740993', 'a = 9007199254740992'],
    ['toml', 'a = inf', 'a = "inf"'],
    ['toml', 'a = [1, 2]', 'a = [1, 2.0]'],
    ['toml', 'a = {b = 1}', 'a = {b = 1e0}'],
    ['json', '{"a":1}', '{"a":1.0}'],
    ['json', '{"a":9007199254740993}', '{"a":9007199254740992}'],
    ['json', '{"a":9007199254740993}', '{"a":"9007199254740993"}'],
    ['json', '{"a":1e999}', '{"a":1e998}'],
    ['jsonc', '{"a":0.1}', '{"a":0.10}'],
  ];
  test.each(pairs)('%s: %j and %j', async (format, before, after) => {
    const changes = (await difference(format, before, after))?.changes ?? [];
    expect(changes.length).toBeGreaterThan(0);
    for (const change of changes) {
      expect(JSON.stringify(change.before)).not.toBe(JSON.stringify(change.after));
      expect(structuredClone(change)).toEqual(change);
    }
  });
});

describe('contents that hold the same data', () => {
  const pairs: ReadonlyArray<readonly [Format, string, string]> = [
    ['yaml', 'a: !!str x', "a: 'x'"],
    ['yaml', 'a: 1.50', 'a: 1.5'],
    ['yaml', 'a: 1.0', 'a: 1e0'],
    ['yaml', 'a: 0xff', 'a: 255'],
    ['yaml', 'a: &x [1]\nb: *x', 'a: [1]\nb: [1]'],
    ['yaml', 'a: ~', 'a:'],
    ['yaml', '{a: 1, b: 2}', 'b: 2\na: 1'],
    ['yaml', '---\na: 1\n...\n', 'a: 1'],
    ['toml', 'a = 0xff', 'a = 255'],
    ['toml', 'a = 1_000', 'a = 1000'],
    ['toml', 'a.b = 1', '[a]\nb = 1'],
    ['toml', 'a = 2026-01-31 07:32:00z', 'a = 2026-01-31T07:32:00.000Z'],
    ['toml', "a = 'x'", 'a = """x"""'],
    ['json', '{"a":1,"b":2}', '{ "b": 2, "a": 1 }'],
    ['jsonc', '{"a":1,}', '{"a":1} // x'],
  ];
  test.each(pairs)('%s: %j and %j', async (format, before, after) => {
    expect((await difference(format, before, after))?.changes).toEqual([]);
  });
});

test.each<readonly [Format, string, string, { comments?: true; layout?: true }]>([
  ['yaml', '# a\nx: 1 # b\n', 'x: 1\n', { comments: true }],
  ['yaml', 'x: "# a"\n', "x: '# a'\n", { layout: true }],
  ['yaml', 'x: |\n  # a\n', 'x: "# a\\n"\n', { layout: true }],
  ['toml', 'x = 1 # b\n', '# b\nx = 1\n', { layout: true }],
  ['toml', 'x = """\n# a"""\n', "x = '# a'\n", { layout: true }],
  ['jsonc', '{/* a */"x":1}', '{"x":1}', { comments: true }],
  ['yaml', '# only\n', '# other\n', { comments: true }],
  ['yaml', 'a: 1\n', '\ufeffa: 1\n', { layout: true }],
  ['json', '{"a":1}', '{"a":1}\n', { layout: true }],
  ['json', '{"a":1}', '{"a":1}', {}],
])('%s: %j and %j hold the same data', async (format, before, after, { comments = false, layout = false }) => {
  expect(await difference(format, before, after)).toEqual({
    changes: [],
    commentsDiffer: comments,
    layoutDiffers: layout,
  });
});

test.each<readonly [Format, string, string, boolean]>([
  ['json', '{\n  "a": 1,\n  "b": 2\n}\n', '{\n  "a": 1,\n  "b": 3\n}\n', false],
  ['json', '{\n  "a": 1,\n  "b": 2\n}\n', '{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}\n', false],
  ['json', '{\n  "a": 1,\n  "b": 2\n}\n', '{\r\n  "a": 1,\r\n  "b": 3\r\n}\r\n', true],
  ['json', '{\n  "a": 1,\n  "b": 2\n}\n', '{\n\t"a": 1,\n\t"b": 3\n}\n', true],
  ['json', '{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}\n', '{\n  "b": 2,\n  "a": 1,\n  "c": 4\n}\n', true],
  ['json', '[\n  "a",\n  "b",\n  "c"\n]\n', '[\n  "b",\n  "a",\n  "c"\n]\n', false],
  ['yaml', 'a: 1\nb: 2\n', '\ufeffa: 1\nb: 3\n', true],
  ['yaml', 'a: 1\nb: 2\n', 'a: 1\nc: 5\nb: 2\n', false],
  ['toml', 'a = 1\nb = 2', 'a = 3\nb = 2\n', true],
])('%s: a layout that changes along with the data: %j and %j', async (format, before, after, differs) => {
  const found = await difference(format, before, after);
  expect(found?.changes.length).toBeGreaterThan(0);
  expect(found?.layoutDiffers).toBe(differs);
});

test('a difference is empty exactly when the data is the same', async () => {
  const scalars = fc.oneof(
    fc.constantFrom('1', '1.0', '"1"', '10e-1', '9007199254740993', '9007199254740992', 'true', 'null', '"x"'),
    fc.integer().map(String),
  );
  const documents = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.array(scalars, { maxLength: 3 }));
  const write = (document: Record<string, string[]>) =>
    `{${Object.entries(document)
      .map(([key, items]) => `"${key}": [${items.join(', ')}]`)
      .join(', ')}}`;
  await fc.assert(
    fc.asyncProperty(documents, documents, fc.constantFrom<Format>('json', 'jsonc', 'yaml'), async (a, b, format) => {
      const [before, after] = [write(a), write(b)];
      const values = await Promise.all([before, after].map((text) => parseExact(Buffer.from(text), TYPES[format])));
      expect((await difference(format, before, after))?.changes.length === 0).toBe(sameValue(values[0], values[1]));
      expect((await difference(format, before, before))?.changes).toEqual([]);
    }),
    propertyRuns,
  );
});

test('nothing differs exactly when the bytes are the same: data, comments and layout cover all of a text', async () => {
  const scalars = fc.constantFrom('1', '1.5', '"x"', 'true', '"\\u0078"');
  const written = (format: Format) =>
    fc
      .record({
        members: fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), scalars), { maxLength: 3 }),
        comment: fc.constantFrom('', 'x', 'y'),
        gap: fc.constantFrom('', ' '),
        eol: fc.constantFrom('\n', '\r\n'),
        last: fc.constantFrom('', '\n'),
      })
      .map(({ members, comment, gap, eol, last }) => {
        const unique = [...new Map(members)];
        const mark = format === 'jsonc' ? '//' : '#';
        const head = comment === '' || format === 'json' ? '' : `${mark} ${comment}${eol}`;
        if (format === 'toml')
          return `${head}${unique.map(([key, text]) => `${key} = ${gap}${text}`).join(eol)}${last}`;
        if (format === 'yaml') return `${head}${unique.map(([key, text]) => `${key}: ${gap}${text}`).join(eol)}${last}`;
        return `${head}{${eol}${unique.map(([key, text]) => `"${key}":${gap}${text}`).join(`,${eol}`)}${eol}}${last}`;
      });
  const pairs = fc
    .constantFrom<Format>('json', 'jsonc', 'yaml', 'toml')
    .chain((format) => fc.tuple(fc.constant(format), written(format), written(format)));
  await fc.assert(
    fc.asyncProperty(pairs, async ([format, before, after]) => {
      const found = await difference(format, before, after);
      const values = await Promise.all([before, after].map((text) => parseExact(Buffer.from(text), TYPES[format])));
      expect(found?.changes.length === 0).toBe(sameValue(values[0], values[1]));
      const differs = found?.changes.length !== 0 || found.commentsDiffer || found.layoutDiffers;
      expect(differs).toBe(before !== after);
    }),
    propertyRuns,
  );
});
