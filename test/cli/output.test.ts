import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { inCommandWords } from '../../src/cli/output/command-words.ts';
import { createOutput, errorLine, printable } from '../../src/cli/output/output.ts';
import { formatSize, formatTime, pairs, table } from '../../src/cli/output/table.ts';
import { StoreError } from '../../src/core/errors.ts';

function streams() {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const read = (stream: PassThrough) => String(stream.read() ?? '');
  // The output uses only what every writable stream has.
  const given = { stdout, stderr } as unknown as Parameters<typeof createOutput>[0];
  return { given, out: () => read(stdout), err: () => read(stderr), stdout };
}

describe('a failure', () => {
  const error = new StoreError('NOT_FOUND', 'there is no config a', {
    hint: 'list_configs shows them.\nOr not.',
    details: { headVersion: 3 },
  });

  it('is one line with code, message and hint, in the words of the command line', () => {
    expect(errorLine(error)).toBe(
      'config-store: NOT_FOUND: there is no config a. "config-store list" shows them. Or not.',
    );
  });

  it('is one JSON value with --json, in snake_case', async () => {
    const { given, err, out } = streams();
    await createOutput(given, true).failure(error);
    expect(JSON.parse(err())).toEqual({
      error: {
        code: 'NOT_FOUND',
        message: 'there is no config a',
        hint: '"config-store list" shows them.\nOr not.',
        details: { head_version: 3 },
      },
    });
    expect(out()).toBe('');
  });
});

describe('a result', () => {
  it('is lines for people', async () => {
    const { given, out } = streams();
    await createOutput(given, false).result({ a: 1 }, () => ['one', 'two']);
    expect(out()).toBe('one\ntwo\n');
  });

  it('is JSON in snake_case for scripts, content untouched', async () => {
    const { given, out } = streams();
    await createOutput(given, true).result({ mediaType: 'x', after: { mediaType: 1 }, none: undefined }, () => []);
    expect(out()).toBe('{"media_type":"x","after":{"mediaType":1}}\n');
  });

  it('tells the next step in commands, for scripts too', async () => {
    const { given, out } = streams();
    await createOutput(given, true).result(
      { next: 'restore_config with name a and version 1 brings it back.' },
      () => [],
    );
    expect(out()).toBe('{"next":"\\"config-store restore a@1\\" brings it back."}\n');
  });

  it('has no colour where no terminal is', () => {
    const { given } = streams();
    expect(createOutput(given, false).colors.red('x')).toBe('x');
  });

  it('says so when it cannot be written, and throws nothing besides', async () => {
    const { given, stdout } = streams();
    const output = createOutput(given, false);
    stdout.destroy(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
    await new Promise((resolve) => setImmediate(resolve));
    await expect(output.text('more')).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
      message: expect.stringContaining('the output cannot be written'),
    });
  });

  it('ends quietly when the reader is gone', async () => {
    const { given, stdout } = streams();
    const output = createOutput(given, false);
    stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    await new Promise((resolve) => setImmediate(resolve));
    await expect(output.text('more')).resolves.toBeUndefined();
  });
});

describe('what the reader is told to do next', () => {
  it.each([
    ['diff_configs, name a/b and draft true, first', '"config-store diff a/b --draft", first'],
    [
      'publish_drafts, names ["a.b"] and expected [{"name":"a.b","digest":"sha256:0f"}].',
      '"config-store draft publish a.b".',
    ],
    ['restore_config with name a.b and version 4 brings it back.', '"config-store restore a.b@4" brings it back.'],
    ['put_config with draft true saves one', '"config-store draft put" saves one'],
    ['expected_version 3', '--expected-version 3'],
    ['list_configs with include_deleted true', '"config-store list --deleted"'],
    ['Correct the text at that place and send it again; no.', 'Mend the file at that place and try again; no.'],
  ])('%s', (said, line) => {
    expect(inCommandWords(said)).toBe(line);
  });
});

describe('text on a terminal', () => {
  it('shows control characters and direction overrides instead of obeying them', () => {
    expect(printable('a\u001b[31mb\u202ec\r\n\td\u0085')).toBe('a\\u{1b}[31mb\\u{202e}c\\u{d}\n\td\\u{85}');
  });
});

describe('a table', () => {
  it('aligns its columns, cuts long cells and leaves no space at the end', () => {
    const rows = [
      { name: 'a', size: 5, note: 'short' },
      { name: 'longer', size: 1234, note: 'much too long' },
    ];
    const lines = table(rows, [
      { heading: 'NAME', cell: ({ name }) => name },
      { heading: 'SIZE', cell: ({ size }) => `${size}`, align: 'right' },
      { heading: 'NOTE', cell: ({ note }) => note, maxChars: 8 },
    ]);
    expect(lines).toEqual(['NAME    SIZE  NOTE', 'a          5  short', 'longer  1234  much to…']);
  });

  it('of pairs aligns the values', () => {
    expect(
      pairs([
        ['a', '1'],
        ['long', '2'],
      ]),
    ).toEqual(['a     1', 'long  2']);
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [1_311, '1.3 kB'],
    [2_400_000, '2.4 MB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });

  it('writes times in UTC, to the second', () => {
    expect(formatTime('2026-11-20T01:02:03.456Z')).toBe('2026-11-20 01:02:03Z');
  });
});
