import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { displayWidth, wrap } from '../../src/cli/output/display-width.ts';
import { createOutput, errorLine } from '../../src/cli/output/output.ts';
import { createPainter } from '../../src/cli/output/paint.ts';
import { formatSize, formatTime, pairs, table } from '../../src/cli/output/table.ts';
import { worded } from '../../src/cli/output/worded.ts';
import { StoreError } from '../../src/core/errors.ts';
import { spellInvisible, spellJson, spellLine } from '../../src/core/visible.ts';

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

  it('has our colours on a terminal, and none that a text brings', () => {
    const { colors, printable } = createPainter(true);
    const { red, bold } = colors;
    // Colours, one that hides, the forms of our own marks, and what ends one of ours.
    const texts = [
      '\u001b[31mx',
      '\u001b[30;40mx',
      '\u001b[8mx',
      '\u001b<0123456789abcdef>[31mx',
      '\u001b[39mx',
      '\u009b31mx',
    ];
    const shown = printable(texts.map((text) => `${red(text)} ${text} ${bold(red(text))}`).join('\n'));
    expect(shown.replaceAll(/\u001b\[(?:31|39|1|22)m/g, '')).not.toMatch(/[\u001b\u009b]/);
    expect(shown.match(/\u001b\[31m/g)).toHaveLength(2 * texts.length);
    expect(shown.match(/\u001b\[39m/g)).toHaveLength(2 * texts.length);
    expect(shown).toContain('\\u{1b}[31mx');
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
      code: 'STORE_FULL',
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
    expect(spellInvisible('a\u001b[31mb\u202ec\r\n\td\u0085')).toBe('a\\u{1b}[31mb\\u{202e}c\\u{d}\n\td\\u{85}');
  });
});

describe('hidden characters', () => {
  const hidden = [
    ...['\u0000', '\u0007', '\u001b', '\r', '\u007f', '\u0085', '\u009b', '\u009d'],
    ...['\u00ad', '\u034f', '\u061c', '\u115f', '\u17b4', '\u180e', '\u200b', '\u200d', '\u200e', '\u202a', '\u202e'],
    ...[
      '\u2028',
      '\u2029',
      '\u2060',
      '\u2063',
      '\u2067',
      '\u2069',
      '\u206f',
      '\u2800',
      '\u3164',
      '\ufeff',
      '\uffa0',
      '\ufff9',
    ],
    ...['\u{e0001}', '\u{e0041}', '\u{e007f}', '\u{e0100}', '\u{1d173}', '\ufe0f', '\ud800'],
  ];

  it.each(hidden)('%j is spelled out', (character) => {
    const text = spellInvisible(`a${character}b`);
    expect(text).toBe(`a\\u{${character.codePointAt(0)?.toString(16)}}b`);
    expect(spellJson(JSON.stringify({ a: character }))).not.toContain(character);
    expect(JSON.parse(spellJson(JSON.stringify({ a: character })))).toEqual({ a: character });
  });

  it.each(['é', '漢字', 'كتاب', '😀', 'naïve', 'a\tb\n'])('%j is text', (text) => {
    expect(spellInvisible(text)).toBe(text);
  });

  it('in one line are line breaks and tabs too', () => {
    expect(spellLine('a\nb\tc')).toBe('a\\u{a}b\\u{9}c');
  });

  it('in a result that a command forgot to clean stay off the terminal, our colours do not', async () => {
    const { given, out } = streams();
    const output = createOutput(given, false);
    await output.result({}, () => 'a\u001b[31mb\u001b]52;c;AA==\u0007');
    await output.text('\u202e');
    await output.jsonLine({ a: '\u009b' });
    await output.warn('x\n\u001b');
    expect(out()).toBe('a\\u{1b}[31mb\\u{1b}]52;c;AA==\\u{7}\n\\u{202e}{"a":"\\u009b"}\n');
  });

  it('in content are bytes in a pipe, and escapes on a terminal', async () => {
    const { given, out, err } = streams();
    const bytes = Buffer.from('x\u001b[2J\r\ny\r\u{e0041}');
    await createOutput(given, false).content(bytes);
    expect(out()).toBe(bytes.toString());
    Object.assign(given.stdout, { isTTY: true });
    const output = createOutput(given, false);
    await output.content(bytes);
    expect(out()).toBe('x\\u{1b}[2J\ny\\u{d}\\u{e0041}');
    expect(err()).toContain('--raw');
    await output.content(bytes, { raw: true });
    expect(out()).toBe(bytes.toString());
    await output.content(Buffer.from('plain\n'));
    expect([out(), err()]).toEqual(['plain\n', '']);
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
    expect(formatTime('2026-11-20T01:02:03.456Z', 'utc')).toBe('2026-11-20 01:02:03Z');
  });

  it('writes times on the clock of the machine, to the second', () => {
    vi.stubEnv('TZ', 'Asia/Kolkata');
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(formatTime('2026-11-20T22:02:03.456Z', 'local')).toBe('2026-11-21 03:32:03');
    expect(formatTime('no time', 'local')).toBe('no time');
  });

  it.each([80, 60, 40])('fits %d columns: others are cut first, then left out', (width) => {
    const row = { name: 'claude-desktop/default', size: '1.3 kB', message: 'words '.repeat(20) };
    const lines = table(
      [row, { ...row, message: '日本語'.repeat(20) }],
      [
        { heading: 'NAME', cell: ({ name }) => name },
        { heading: 'SIZE', cell: ({ size }) => size, align: 'right', spare: 1 },
        { heading: 'MESSAGE', cell: ({ message }) => message, maxChars: 60 },
      ],
      { width },
    );
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
    expect(lines[1]).toMatch(/^claude-desktop\/default .*…$/);
    expect(lines[0]?.includes('SIZE')).toBe(width > 40);
  });
});

it('prose is broken at the columns that its characters take', () => {
  const lines = wrap('設定 設定 設定 plain words', 12, '  ');
  expect(lines).toEqual(['  設定 設定', '  設定 plain', '  words']);
  for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(12);
});
