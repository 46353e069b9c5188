import fc from 'fast-check';
import { stringify as toToml } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { stringify as toYaml } from 'yaml';
import { decodeText, parseStructured } from '../../src/core/content/content.ts';
import { blankComments } from '../../src/core/json/jsonc.ts';
import { propertyRuns } from '../property-runs.ts';
import { jsonValues } from './json-values.ts';

const read = (text: string, mediaType: string) => parseStructured(Buffer.from(text), mediaType);

describe('parseStructured', () => {
  test('reads JSON, JSONC, YAML and TOML to the same value', async () => {
    const value = { a: [1, 'x', true], b: { c: 1.5 } };
    expect(await read('{"a":[1,"x",true],"b":{"c":1.5}}', 'application/json')).toEqual(value);
    expect(await read('{ // why\n "a": [1, "x", true,], /* , */ "b": {"c": 1.5,},\n}', 'application/jsonc')).toEqual(
      value,
    );
    expect(await read('# why\na: [1, x, true]\nb:\n  c: 1.5\n', 'application/yaml')).toEqual(value);
    expect(await read('# why\na = [1, "x", true]\n[b]\nc = 1.5\n', 'application/toml')).toEqual(value);
    expect(await read('a = 1', 'text/plain')).toBeUndefined();
  });

  test('follows YAML 1.2 core: no is a word, merge keys are keys, several documents are an array', async () => {
    expect(await read('a: no\nb: 010\nc: 0o10\nd: ~\n', 'text/yaml')).toEqual({ a: 'no', b: 10, c: 8, d: null });
    expect(await read('a: 1\n---\n- 2\n', 'text/yaml')).toEqual([{ a: 1 }, [2]]);
    expect(await read('', 'text/yaml')).toBeNull();
    expect(await read('a: &x [1]\nb: *x\n', 'text/yaml')).toEqual({ a: [1], b: [1] });
  });

  test('gives JSON-like data for what JSON has no form for', async () => {
    expect(await read('[.nan, .inf, -.inf]', 'text/yaml')).toEqual(['.nan', '.inf', '-.inf']);
    expect(await read('a = nan\nb = -inf\nc = 1979-05-27', 'application/toml')).toEqual({
      a: 'nan',
      b: '-inf',
      c: '1979-05-27',
    });
  });

  test('keeps __proto__ as a member', async () => {
    for (const [text, mediaType] of [
      ['{"__proto__":{"p":1}}', 'application/json'],
      ['__proto__: {p: 1}', 'text/yaml'],
      ['"__proto__" = {p = 1}', 'application/toml'],
    ] as const) {
      const value = (await read(text, mediaType)) as object;
      expect(Object.keys(value)).toEqual(['__proto__']);
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    }
  });

  test.each([
    ['application/json', '{"a":1,\n"a":2}', 2, 1],
    ['application/jsonc', '// c\n{"a":1,,}', 2, 9],
    ['application/jsonc', '{} /* open', 1, 4],
    ['text/yaml', 'a: 1\nb: 2\na: 3\n', 3, 1],
    ['text/yaml', 'x:\n  - {k: 1, "k": 2}\n', 2, 12],
    ['text/yaml', 'a: *nothing\n', 1, 4],
    ['text/yaml', 'a: 1\n\tb: 2\n', 2, 1],
    ['text/yaml', 'a: "open\n', 2, 1],
    ['application/toml', 'a = 1\na = 2\n', 2, 1],
    ['application/toml', '[x\n', 1, 3],
  ])('%s: %j is refused at line %i, column %i', async (mediaType, text, line, column) => {
    await expect(read(text, mediaType)).rejects.toMatchObject({ code: 'CONTENT_INVALID', details: { line, column } });
  });

  test('reads what goes beyond the limits as text, and refuses nesting without end', async () => {
    const laughs = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
    for (const [name, of] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf'].map((pair) => pair.split('')))
      laughs.push(`${name}: &${name} [${`*${of},`.repeat(10)}]`);
    const many = Array.from({ length: 20_001 }, (_, i) => i);
    for (const [text, mediaType] of [
      [laughs.join('\n'), 'text/yaml'],
      [`- &a x\n${'- *a\n'.repeat(101)}`, 'text/yaml'],
      ['- 1\n'.repeat(20_001), 'text/yaml'],
      [`a: ${'x'.repeat(262_144)}`, 'text/yaml'],
      [`a = [${many.join()}]`, 'application/toml'],
      [JSON.stringify(many), 'application/json'],
      [`{"a":"${'x'.repeat(262_144)}"}`, 'application/json'],
    ] as const) {
      expect(await read(text, mediaType)).toBeUndefined();
    }
    await expect(read(`[${many.join()},]`, 'application/json')).rejects.toMatchObject({ code: 'CONTENT_INVALID' });
    for (const [text, mediaType] of [
      ['['.repeat(50_000), 'text/yaml'],
      [`a = ${'['.repeat(50_000)}`, 'application/toml'],
      ['['.repeat(50_000), 'application/json'],
    ] as const) {
      await expect(read(text, mediaType)).rejects.toMatchObject({ code: 'CONTENT_INVALID' });
    }
  });

  test('refuses bytes that are not UTF-8, naming the line', async () => {
    const bytes = Buffer.from([0x61, 0x0a, 0xef, 0xbf, 0xbd, 0x0a, 0xff]);
    await expect(parseStructured(bytes, 'application/json')).rejects.toMatchObject({
      code: 'CONTENT_INVALID',
      details: { line: 3 },
    });
    expect(decodeText(Buffer.from('\uFEFFä'))).toBe('\uFEFFä');
  });

  test('never quotes the content', async () => {
    for (const mediaType of ['application/json', 'application/jsonc', 'text/yaml', 'application/toml']) {
      const error = await read('x: [ "hunter2-SECRET', mediaType).then(
        () => undefined,
        (refusal: Error) => refusal,
      );
      expect(error?.message).toMatch(/^not valid/);
      expect(`${error?.stack}${JSON.stringify(error)}${String(error?.cause)}`).not.toContain('hunter2');
    }
  });

  test('reads back what the libraries write', async () => {
    await fc.assert(
      fc.asyncProperty(jsonValues, async (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(await read(toYaml(plain, { version: '1.2' }), 'application/yaml')).toEqual(plain);
        expect(await read(`/**/${JSON.stringify(plain, null, 1)}// end`, 'application/jsonc')).toEqual(plain);
      }),
      propertyRuns,
    );
    expect(await read(toToml({ a: { b: ['x'] } }), 'application/toml')).toEqual({ a: { b: ['x'] } });
  });
});

describe('blankComments', () => {
  test('keeps length, lines and strings', () => {
    expect(blankComments('{"a": "// no /* no */ ,]", // yes\n "b": [1,/* , */],}')).toBe(
      '{"a": "// no /* no */ ,]",       \n "b": [1        ] }',
    );
    expect(blankComments('"a\\"//"//x')).toBe('"a\\"//"   ');
    expect(blankComments('[1,,]')).toBe('[1, ]');
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'/*",\\\n[]{} a'.split('')) }), (text) => {
        const blanked = blankComments(text);
        expect(blanked).toHaveLength(text.length);
        expect(blanked.replace(/[^\n]/g, '')).toBe(text.replace(/[^\n]/g, ''));
      }),
      propertyRuns,
    );
  });
});
