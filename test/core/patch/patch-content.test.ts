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
    [
      'an element put into a list of JSON',
      'json',
      '{\n  "a": [\n    1,\n    2\n  ],\n  "b": ["x", "y"]\n}\n',
      { a: [0, 1, 2, 3], b: ['x', 'y', 'z'] },
      '{\n  "a": [\n    0,\n    1,\n    2,\n    3\n  ],\n  "b": ["x", "y", "z"]\n}\n',
    ],
    [
      'comments in a list of JSONC',
      'jsonc',
      '{\n  "args": [\n    "-y", // yes\n    // "old",\n    "pkg" // pinned\n  ]\n}\n',
      { args: ['-y', 'pkg', '--all'] },
      '{\n  "args": [\n    "-y", // yes\n    // "old",\n    "pkg", // pinned\n    "--all"\n  ]\n}\n',
    ],
    [
      'an element removed from a list of JSONC',
      'jsonc',
      '{\n  "args": [\n    "-y", // yes\n    "x",\n    "pkg" // pinned\n  ]\n}\n',
      { args: ['-y', 'pkg'] },
      '{\n  "args": [\n    "-y", // yes\n    "pkg" // pinned\n  ]\n}\n',
    ],
    ['the only member removed', 'json', '{\n  "a": {\n    "b": 1\n  }\n}\n', { a: { b: null } }, '{\n  "a": {}\n}\n'],
    [
      'a list of YAML with comments, dashes below the name',
      'yaml',
      'a:\n- one # 1\n# two\n- two\nz: 1\n',
      { a: ['one', 'two', 'three'] },
      'a:\n- one # 1\n# two\n- two\n- three\nz: 1\n',
    ],
    [
      'a map put into a list of YAML',
      'yaml',
      'a:\n  - n: 1 # x\n    v: a\n',
      { a: [{ n: 1, v: 'a' }, { n: 2 }] },
      'a:\n  - n: 1 # x\n    v: a\n  - n: 2\n',
    ],
    ['a flow list of YAML', 'yaml', 'a: [1, 2] # c\n', { a: [1, 2, 'x'] }, 'a: [1, 2, x] # c\n'],
    [
      'a text of lines in the place of an item',
      'yaml',
      'a:\n  - x\n  - y # c\n',
      { a: ['p\nq', 'r\ns'] },
      'a:\n  - |-\n    p\n    q\n  - "r\\ns" # c\n',
    ],
    ['a text of lines in brackets', 'yaml', 'a: [x, y] # c\n', { a: ['p\nq', 'y'] }, 'a: ["p\\nq", y] # c\n'],
    ['YAML emptied', 'yaml', '# h\na:\n  b: 1\nc: {d: 1}\n', { a: { b: null }, c: { d: null } }, '# h\na: {}\nc: {}\n'],
    ['YAML of comments only', 'yaml', '# none yet\n', { a: 1 }, '# none yet\na: 1\n'],
    ['YAML without a value', 'yaml', 'a: # later\nb: 1\n', { a: 'x' }, 'a: x # later\nb: 1\n'],
    ['YAML with a byte order mark', 'yaml', '\ufeffa: 1\n', { b: 2 }, '\ufeffa: 1\nb: 2\n'],
    ['a tag goes with its value', 'yaml', 'a: !secret x # c\nb: 1\n', { a: 'y' }, 'a: y # c\nb: 1\n'],
    ['a YAML block text', 'yaml', 'a: |\n  x\n# b\nb: 1\n', { a: 'y\nz\n' }, 'a: |\n  y\n  z\n# b\nb: 1\n'],
    [
      'texts that YAML 1.1 reads as something else',
      'yaml',
      'a: 1\n',
      { b: 'yes', c: '2026-01-31', d: '1:30', e: '010', f: 'y' },
      'a: 1\nb: "yes"\nc: "2026-01-31"\nd: "1:30"\ne: "010"\nf: y\n',
    ],
    [
      'a list of TOML on several lines',
      'toml',
      'a = [\n  "1",\n  "2", # two\n]\n',
      { a: ['1', '3', '4'] },
      'a = [\n  "1",\n  "3", # two\n  "4",\n]\n',
    ],
    [
      'an element removed from a list of TOML',
      'toml',
      'a = ["1", "2", "3"] # c\n',
      { a: ['1', '3'] },
      'a = ["1", "3"] # c\n',
    ],
    [
      'an array of tables in TOML',
      'toml',
      '[[x]]\na = 1 # one\n\n[[x]]\na = 2 # two\n\n# about y\n[y]\nb = 1\n',
      { x: [{ a: 1 }, { a: 3 }, { a: 4, c: [1] }] },
      '[[x]]\na = 1 # one\n\n[[x]]\na = 3 # two\n\n[[x]]\na = 4\nc = [1]\n\n# about y\n[y]\nb = 1\n',
    ],
    ['a dotted key of TOML', 'toml', 'a.b = 1 # x\na.c = 2\n', { a: { d: 3 } }, 'a.b = 1 # x\na.c = 2\na.d = 3\n'],
    [
      'members of an inline TOML table',
      'toml',
      'a = { b = 1, c = 2 } # x\n',
      { a: { b: null, d: { e: 1 } } },
      'a = { c = 2, d = { e = 1 } } # x\n',
    ],
    ['a large float of TOML', 'toml', 'a = 1 # x\n', { b: 1e21 }, 'a = 1 # x\nb = 1e21\n'],
  ];
  test.each(cases)('%s (%s)', async (_, format, text, patch, wanted) => {
    expect(await patched(format, text, patch)).toEqual({ text: wanted, laidOutAgain: false });
  });

  test('says when all of the text is written again', async () => {
    const { text, laidOutAgain } = await patched('yaml', 'a: &x {b: 1}\nc: *x\n', { c: { d: 2 } });
    expect(laidOutAgain).toBe(true);
    expect(await parseExact(Buffer.from(text), TYPES.yaml)).toEqual({ a: { b: 1 }, c: { b: 1, d: 2 } });
  });

  test('keeps numbers and tags where all of the text is written again', async () => {
    const yaml = 'a: &x {b: 1.0, i: 12345678901234567890, s: !secret t, f: .inf}\nc: *x\n';
    const { text, laidOutAgain } = await patched('yaml', yaml, { a: { d: 2 } });
    expect(laidOutAgain).toBe(true);
    const before = (await parseExact(Buffer.from(yaml), TYPES.yaml)) as { a: object; c: object };
    expect(sameValue(await parseExact(Buffer.from(text), TYPES.yaml), { a: { ...before.a, d: 2 }, c: before.c })).toBe(
      true,
    );
  });

  test('refuses a patch of several YAML documents', async () => {
    await expect(patched('yaml', 'a: 1\n---\nb: 2\n', { a: 2 })).rejects.toMatchObject({ code: 'CONTENT_INVALID' });
  });

  test('refuses what the text cannot hold', async () => {
    await expect(patched('json', '{"a":1}', { b: 2 ** 60 })).rejects.toMatchObject({ code: 'CONTENT_INVALID' });
    await expect(patched('toml', 'a = 1\n', { a: [null] })).rejects.toMatchObject({ code: 'CONTENT_INVALID' });
  });
});

describe('patch and read is read and merge', () => {
  const names = fc.constantFrom('a', 'b', 'c d', 'e.f', '"g"', 'h#', 'yes', '1');
  const scalars = fc.oneof(
    fc.integer(),
    fc.boolean(),
    fc.constantFrom(1.5, 1e21, 1e-7, -0),
    fc.constantFrom(
      'x',
      '',
      'two words',
      '# no comment',
      '// no comment',
      'yes',
      '1',
      'a: b',
      '"q"',
      'l1\nl2',
      'l1\n',
      ' x',
    ),
    fc.constantFrom(
      '2026-01-31',
      '- x',
      '&a',
      '*a',
      '!t',
      '| x',
      "'",
      '\\',
      'tab\there',
      '\u00e9',
      '0x1',
      '.inf',
      '~',
      '{}',
    ),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', maxDepth: 4 },
      scalars,
      fc.array(fc.oneof(scalars, fc.dictionary(names, scalars, { maxKeys: 2 })), { maxLength: 4 }),
      fc.dictionary(names, tie('value'), { maxKeys: 3 }),
    ),
  }));
  const documents = fc.dictionary(names, value, { maxKeys: 4 });
  /** A value with a part changed, so that many patches hit what is there. */
  const near = (given: unknown): fc.Arbitrary<unknown> => {
    if (Array.isArray(given))
      return fc.array(fc.oneof(scalars, ...given.map((item) => fc.constant(item as unknown))), {
        maxLength: given.length + 1,
      });
    if (typeof given !== 'object' || given === null) return scalars;
    const members = Object.entries(given).map(([key, inner]) =>
      fc.oneof(fc.constant(null), near(inner)).map((changed) => [key, changed] as const),
    );
    return fc.tuple(...members).chain((all) => fc.subarray(all).map((some) => Object.fromEntries(some)));
  };
  const patches = fc.dictionary(
    names,
    fc.oneof(value, fc.constant(null), fc.dictionary(names, fc.option(value), { maxKeys: 3 })),
    { maxKeys: 3 },
  );
  const pairs = documents.chain((document) =>
    fc.tuple(fc.constant(document), fc.oneof(patches, near(document) as typeof patches)),
  );

  type Layout = (document: Record<string, unknown>) => Promise<string>;
  const layouts: ReadonlyArray<readonly [string, Format, Layout]> = [
    ['indented', 'json', async (document) => JSON.stringify(document, null, 2)],
    ['on one line', 'json', async (document) => JSON.stringify(document)],
    [
      'with comments',
      'jsonc',
      async (document) => `// head\n${JSON.stringify(document, null, '\t').replaceAll(/,\n/g, ', // c\n')}\n`,
    ],
    [
      'with CRLF and trailing commas',
      'jsonc',
      async (document) =>
        JSON.stringify(document, null, 4)
          .replaceAll(/([^[{])\n( *[\]}])/g, '$1, // t\n$2')
          .replaceAll('\n', '\r\n'),
    ],
    ['in blocks', 'yaml', async (document) => `# head\n${(await import('yaml')).stringify(document)}`],
    [
      'with dashes below the name',
      'yaml',
      async (document) => (await import('yaml')).stringify(document, { indentSeq: false, indent: 4, lineWidth: 0 }),
    ],
    ['in brackets', 'yaml', async (document) => `${JSON.stringify(document)} # c\n`],
    ['in tables', 'toml', async (document) => `# head\n${(await import('smol-toml')).stringify(document)}`],
    [
      'with a comment behind each line',
      'toml',
      async (document) => (await import('smol-toml')).stringify(document).replaceAll(/([\]"}\d])\n/g, '$1 # c\n'),
    ],
  ];

  test.each(layouts)('%s (%s)', async (_, format, write) => {
    await fc.assert(
      fc.asyncProperty(pairs, async ([document, patch]) => {
        const text = await write(document);
        const before = await parseExact(Buffer.from(text), TYPES[format]);
        const wanted = mergePatch(before, patch);
        const after = await patched(format, text, patch);
        const read = await parseExact(Buffer.from(after.text), TYPES[format]);
        // A number that only a float can hold is one in the formats that tell the two apart.
        const asRead = await parseExact(Buffer.from((await patched(format, after.text, patch)).text), TYPES[format]);
        expect(sameValue(read, asRead)).toBe(true);
        if (!JSON.stringify(patch).includes('e+21') || format.startsWith('json'))
          expect(sameValue(read, wanted)).toBe(true);
      }),
      propertyRuns,
    );
  });
});
