import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createOutput, errorLine, printable } from '../../src/cli/output/output.ts';
import { formatSize, formatTime, pairs, table } from '../../src/cli/output/table.ts';
import { worded } from '../../src/cli/output/worded.ts';
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
    hint: 'No name is similar.\nOr not.',
    advice: [{ do: 'list-configs' }],
    details: { headVersion: 3 },
  });

  it('is one line with code, message and hint, in the words of the command line', () => {
    expect(errorLine(error)).toBe(
      'config-store: NOT_FOUND: there is no config a. No name is similar. Or not. "config-store list" lists the configs.',
    );
  });

  it('is one JSON value with --json, in snake_case', async () => {
    const { given, err, out } = streams();
    await createOutput(given, true).failure(error);
    expect(JSON.parse(err())).toEqual({
      error: {
        code: 'NOT_FOUND',
        message: 'there is no config a',
        hint: 'No name is similar.\nOr not. "config-store list" lists the configs.',
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

  it('has its next step and its warnings in commands, for scripts too', async () => {
    const { given, out } = streams();
    const notice = { severity: 'warning', code: 'ROLLED_BACK', message: 'older', advice: [{ do: 'verify' }] } as const;
    const result = { next: { advice: [{ do: 'restore', name: 'a', version: 1 }] }, notices: [notice] } as const;
    await createOutput(given, true).result(worded(result), () => []);
    expect(JSON.parse(out())).toEqual({
      next: 'Bring it back with "config-store restore a@1".',
      warnings: ['ROLLED_BACK: older. Run "config-store verify" to see every finding.'],
    });
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
