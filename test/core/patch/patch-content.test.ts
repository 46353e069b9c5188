import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseExact } from '../../../src/core/content/content.ts';
import { sameValue } from '../../../src/core/content/diff.ts';
import { mergePatch } from '../../../src/core/json/merge-patch.ts';
import { patchContent } from '../../../src/core/patch/patch-content.ts';
import { propertyRuns } from '../../property-runs.ts';

const TYPES = {
  json: 'application/json',
  jsonc: 'application/jsonc',
  yaml: 'application/yaml',
  toml: 'application/toml',
};
type Format = keyof typeof TYPES;

async function patched(format: Format, text: string, patch: Record<string, unknown>) {
  const { bytes, laidOutAgain } = await patchContent({ bytes: Buffer.from(text), mediaType: TYPES[format] }, patch);
  return { text: Buffer.from(bytes).toString('utf8'), laidOutAgain };
}

describe('a patch keeps the layout', () => {
  const cases: ReadonlyArray<readonly [string, Format, string, Record<string, unknown>, string]> = [
    [
      'a member after its like',
      'json',
      '{\n  "p": { "zoom": 1.0 },\n  "s": {\n    "z": { "command": "z" },\n    "a": { "command": "a" }\n  }\n}\n',
      { s: { n: { command: 'n' } } },
      '{\n  "p": { "zoom": 1.0 },\n  "s": {\n    "z": { "command": "z" },\n    "a": { "command": "a" },\n    "n": { "command": "n" }\n  }\n}\n',
    ],
    [
      'numbers by their text',
      'json',
      '{\n  "id": 1234567890123456789,\n  "a": 1\n}',
      { a: 2 },
      '{\n  "id": 1234567890123456789,\n  "a": 2\n}',
    ],
    ['canonical JSON stays canonical', 'json', '{"a":1,"c":2}', { b: 3 }, '{"a":1,"b":3,"c":2}'],
    ['one line', 'json', '{ "b": 1, "a": 2 }', { c: [1] }, '{ "b": 1, "a": 2, "c": [1] }'],
    [
      'tabs and CRLF',
      'json',
      '{\r\n\t"a": 1\r\n}\r\n',
      { b: { c: 1 } },
      '{\r\n\t"a": 1,\r\n\t"b": {\r\n\t\t"c": 1\r\n\t}\r\n}\r\n',
    ],
    ['the last member removed', 'json', '{\n  "a": 1,\n  "b": 2\n}\n', { b: null }, '{\n  "a": 1\n}\n'],
    ['the first member removed', 'json', '{\n  "a": 1,\n  "b": 2\n}\n', { a: null }, '{\n  "b": 2\n}\n'],
    [
      'comments',
      'jsonc',
      '{\n  // one\n  "a": 1, // first\n  /* two */ "b": 2 // last\n  // end\n}\n',
      { c: 3, a: null },
      '{\n  // one\n  /* two */ "b": 2, // last\n  "c": 3\n  // end\n}\n',
    ],
    ['a trailing comma', 'jsonc', '{\n  "a": 1, // x\n}\n', { b: 2 }, '{\n  "a": 1, // x\n  "b": 2,\n}\n'],
    ['an object of comments', 'jsonc', '{\n  // none yet\n}\n', { a: 1 }, '{\n  // none yet\n  "a": 1\n}\n'],
    [
      'YAML comments, quotes and order',
      'yaml',
      "# head\nb: 'x' # why\na:\n    k: [1,  2]\n    # inner\n    l: |\n        text\nz: 0x10\n",
      { b: 'y', a: { m: { n: 1 } } },
      '# head\nb: y # why\na:\n    k: [1,  2]\n    # inner\n    l: |\n        text\n    m:\n        n: 1\nz: 0x10\n',
    ],
    [
      'a YAML pair removed',
      'yaml',
      'a: 1\n\n# about b\nb:\n  c: 1\nd: !secret x\n',
      { b: null },
      'a: 1\n\n# about b\nd: !secret x\n',
    ],
    ['a YAML flow map', 'yaml', 'a: {b: 1} # c\n', { a: { d: 'x' } }, 'a: {b: 1, d: x} # c\n'],
    [
      'TOML comments, dates and floats',
      'toml',
      '# head\nt = 1.0 # keep\n\n[s.a]\n  command = "a" # c\n\n# about b\n[s.b]\nd = 2026-01-31\n',
      { s: { a: { args: ['x'], command: null }, c: { command: 'c', env: { A: '1' } } } },
      '# head\nt = 1.0 # keep\n\n[s.a]\n  args = ["x"]\n\n# about b\n[s.b]\nd = 2026-01-31\n\n[s.c]\ncommand = "c"\n\n[s.c.env]\nA = "1"\n',
    ],
    [
      'a TOML table removed',
      'toml',
      '[a]\nx = 1\n\n[a.b]\ny = 2\n\n# about c\n[c]\nz = 3\n',
      { a: null },
      '# about c\n[c]\nz = 3\n',
    ],
    ['an inline TOML table', 'toml', 'a = { b = 1 }\n', { a: { b: 2 } }, 'a = { b = 2 }\n'],
  ];
  test.each(cases)('%s (%s)', async (_, format, text, patch, wanted) => {
    expect(await patched(format, text, patch)).toEqual({ text: wanted, laidOutAgain: false });
  });

  test('says when all of the text is written again', async () => {
    const { text, laidOutAgain } = await patched('yaml', 'a: &x {b: 1}\nc: *x\n', { c: { d: 2 } });
    expect(laidOutAgain).toBe(true);
    expect(await parseExact(Buffer.from(text), TYPES.yaml)).toEqual({ a: { b: 1 }, c: { b: 1, d: 2 } });
  });

  test('refuses what the text cannot hold', async () => {
    await expect(patched('json', '{"a":1}', { b: 2 ** 60 })).rejects.toMatchObject({ code: 'CONTENT_INVALID' });
    await expect(patched('toml', 'a = 1\n', { a: [null] })).rejects.toMatchObject({ code: 'CONTENT_INVALID' });
  });
});

describe('patch and read is read and merge', () => {
  const names = fc.constantFrom('a', 'b', 'c d', 'e.f', '"g"', 'h#');
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', maxDepth: 3 },
      fc.integer(),
      fc.boolean(),
      fc.constantFrom('x', '', 'two words', '# no comment', '// no comment', 'yes', '1', 'a: b', '"q"', 'l1\nl2'),
      fc.array(fc.oneof(fc.integer(), fc.string({ maxLength: 5 })), { maxLength: 3 }),
      fc.dictionary(names, tie('value'), { maxKeys: 3 }),
    ),
  }));
  const documents = fc.dictionary(names, value, { maxKeys: 4 });
  const patches = fc.dictionary(
    names,
    fc.oneof(value, fc.constant(null), fc.dictionary(names, fc.option(value), { maxKeys: 3 })),
    {
      maxKeys: 3,
    },
  );

  async function write(format: Format, document: Record<string, unknown>): Promise<string> {
    switch (format) {
      case 'json':
        return JSON.stringify(document, null, 2);
      case 'jsonc':
        return `// head\n${JSON.stringify(document, null, '\t').replaceAll(/,\n/g, ', // c\n')}\n`;
      case 'yaml':
        return `# head\n${(await import('yaml')).stringify(document)}`;
      case 'toml':
        return `# head\n${(await import('smol-toml')).stringify(document)}`;
    }
  }

  test.each(Object.keys(TYPES) as Format[])('%s', async (format) => {
    await fc.assert(
      fc.asyncProperty(documents, patches, async (document, patch) => {
        const text = await write(format, document);
        const before = await parseExact(Buffer.from(text), TYPES[format]);
        const wanted = mergePatch(before, patch);
        const after = await patched(format, text, patch);
        expect(sameValue(await parseExact(Buffer.from(after.text), TYPES[format]), wanted)).toBe(true);
      }),
      propertyRuns,
    );
  });
});
