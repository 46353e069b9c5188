import { expect, test } from 'vitest';
import { StoreError } from '../../src/core/errors.ts';
import { toErrorResult, toResult } from '../../src/mcp/results/result.ts';

const textOf = ({ result }: ReturnType<typeof toResult>) =>
  result.content[0]?.type === 'text' ? result.content[0].text : '';

test('a result holds everything in snake_case, and its summary, content and next step as text', () => {
  const result = toResult({
    summary: 'config a, version 1',
    next: 'Read on.',
    content: 'hello',
    mediaType: 'text/plain',
  } as never);
  expect(result.result.structuredContent).toEqual({
    summary: 'config a, version 1',
    next: 'Read on.',
    content: 'hello',
    media_type: 'text/plain',
  });
  expect(textOf(result)).toBe('config a, version 1\n\nhello\n\nRead on.');
  expect(result.result.isError).toBeUndefined();
});

test('the text repeats the first 2,000 characters and says how many are left, never half a character', () => {
  const text = textOf(toResult({ summary: 's', content: `${'x'.repeat(1_999)}😀${'y'.repeat(1_000)}` } as never));
  expect(text).toContain('[1002 more characters in the structured content]');
  expect(text.isWellFormed()).toBe(true);
});

test("keys inside content are the caller's own", () => {
  const result = toResult({
    summary: 's',
    changes: [{ op: 'add', path: '/mcpServers', after: { mcpServers: 1 } }],
  } as never);
  expect(result.result.structuredContent).toMatchObject({
    changes: [{ op: 'add', path: '/mcpServers', after: { mcpServers: 1 } }],
  });
});

test('a result over the limit is refused, with what to do', () => {
  expect(() => toResult({ summary: 's', content: 'x'.repeat(4_200_000) } as never)).toThrow(
    expect.objectContaining({ code: 'CONTENT_TOO_LARGE', hint: expect.stringContaining('max_chars') }),
  );
});

test('content that was cut says how to go on where only the text arrives', () => {
  const text = textOf(
    toResult({ summary: 's', content: 'x'.repeat(5_000), encoding: 'utf-8', offset: 4_000 } as never),
  );
  expect(text).toContain('[3000 more characters in the structured content; if only this text reaches you, go on with ');
  expect(text).toContain('offset 6000 and max_chars 2000]');
});

test('long base64 is not repeated as text', () => {
  const text = textOf(toResult({ summary: 's', content: 'QUJD'.repeat(1_000), encoding: 'base64' } as never));
  expect(text).toBe('s\n\n[4000 characters of base64 in the structured content]');
});

test('a list is a line for each entry, cut between lines', () => {
  const config = {
    ...{ name: 'a/b', version: 3, mediaType: 'text/plain', size: 9, time: '2026-11-20T00:00:00.000Z', message: 'why' },
    ...{ digest: `sha256:${'0123456789abcdef'.repeat(4)}`, deleted: false, hasDraft: true },
  };
  expect(textOf(toResult({ summary: '1 config', configs: [config] } as never))).toBe(
    '1 config\n\na/b  version 3  text/plain  9 bytes  2026-11-20T00:00:00.000Z  sha256:0123456789ab…  "why"  has a draft',
  );
  const many = textOf(toResult({ summary: 's', configs: Array.from({ length: 50 }, () => config) } as never));
  expect(many.split('\n').at(-1)).toMatch(/^\[\d+ more in the structured content\]$/);
  expect(many.length).toBeLessThan(2_100);
});

test('changes are told as added, removed and replaced', () => {
  const changes = [
    { op: 'add', path: '/a', after: { b: 1 } },
    { op: 'remove', path: '/c', before: 'x' },
    { op: 'replace', path: '/d', before: 1, after: 2 },
    { op: 'replace', path: '' },
  ];
  expect(textOf(toResult({ summary: 's', changes } as never))).toBe(
    's\n\n+ /a: {"b":1}\n- /c: "x"\n~ /d: 1 -> 2\n~ the whole content',
  );
});

test('warnings are in the text too, those of a read and those of the policy', () => {
  expect(textOf(toResult({ summary: 's', content: 'c', warnings: ['rolled back'] } as never))).toBe(
    's\n\nWarning: rolled back\n\nc',
  );
  const errors = [{ code: 'SECRET_FOUND', path: '/a', message: 'a credential' }];
  const warnings = [{ code: 'UNPINNED_PACKAGE', path: '', message: 'no version' }];
  expect(textOf(toResult({ summary: 's', errors, warnings } as never))).toBe(
    's\n\nerror SECRET_FOUND /a: a credential\nwarning UNPINNED_PACKAGE no version',
  );
});

test('a review tells calls, failures and changes', () => {
  const review = {
    ...{ tools: [{ tool: 'get_config', calls: 3, failures: 1, p50Ms: 0.5, p95Ms: 2, maxMs: 2 }] },
    ...{ lastFailures: [{ time: 'T', event: 'tool.called', level: 'warn', tool: 'get_config', code: 'NOT_FOUND' }] },
    ...{ configs: [{ name: 'a', version: 2, index: 4, commit: '0123', time: 'T', commits: 2 }] },
  };
  expect(
    textOf(toResult({ summary: 's', ...review } as never))
      .split('\n')
      .slice(2),
  ).toEqual([
    'get_config: 3 called, 1 failed; half within 0.5 ms, 95 % within 2 ms, slowest 2 ms',
    'failed: T  tool.called  get_config  NOT_FOUND',
    'changed: a  version 2  T  commits: 2',
  ]);
});

test('an error says code, message and hint, twice', () => {
  const error = new StoreError('VERSION_CONFLICT', 'newest is 7', { hint: 'Read it.', details: { version: 7 } });
  const result = toErrorResult(error);
  expect(result.result.isError).toBe(true);
  expect(textOf(result)).toBe('VERSION_CONFLICT: newest is 7\nRead it.');
  expect(result.result.structuredContent).toEqual({
    summary: 'newest is 7',
    code: 'VERSION_CONFLICT',
    message: 'newest is 7',
    hint: 'Read it.',
    details: { version: 7 },
  });
});
