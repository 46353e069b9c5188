import { expect, test } from 'vitest';
import { StoreError } from '../../src/errors.ts';
import { toErrorResult, toResult } from '../../src/mcp/result.ts';

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
