import { expect, test } from 'vitest';
import { StoreError } from '../../src/core/errors.ts';
import { diffConfigsRendering } from '../../src/mcp/results/diff-configs.ts';
import { getConfigRendering } from '../../src/mcp/results/get-config.ts';
import { listConfigsRendering } from '../../src/mcp/results/list-configs.ts';
import { render, summaryOnly } from '../../src/mcp/results/rendering.ts';
import { toErrorResult, toResult } from '../../src/mcp/results/result.ts';
import { reviewTelemetryRendering } from '../../src/mcp/results/review-telemetry.ts';
import { validateConfigRendering } from '../../src/mcp/results/validate-config.ts';
import { verifyStoreRendering } from '../../src/mcp/results/verify-store.ts';
import { writeRendering } from '../../src/mcp/results/write-result.ts';
import type { GetConfigResult } from '../../src/verbs/configs/get-config.ts';
import type { ConfigSummary } from '../../src/verbs/configs/list-configs.ts';
import type { WriteResult } from '../../src/verbs/configs/write-result.ts';

const textOf = ({ result }: ReturnType<typeof toErrorResult>) =>
  result.content[0]?.type === 'text' ? result.content[0].text : '';

function read(content: string, more: Partial<GetConfigResult> = {}): GetConfigResult {
  return {
    summary: 's',
    name: 'a',
    version: 1,
    digest: 'sha256:00',
    mediaType: 'text/plain',
    encoding: 'utf-8',
    content,
    truncated: false,
    offset: 0,
    totalChars: content.length,
    size: content.length,
    verified: true,
    ...more,
  };
}

function written(changes: WriteResult['changes'], more: Partial<WriteResult> = {}): WriteResult {
  return {
    summary: 's',
    name: 'a',
    created: true,
    version: 2,
    mediaType: 'text/plain',
    digest: 'sha256:00',
    changes,
    ...more,
  };
}

const textOfRead = (...given: Parameters<typeof read>) => render(read(...given), getConfigRendering).text;

test('a result holds everything in snake_case, and its summary, content and next step as text', () => {
  const result = read('hello', { next: { hint: 'Read on.', advice: [{ do: 'read-config', name: 'a' }] } });
  const { text, structured } = render(result, getConfigRendering);
  const next = 'Read on. Read it with get_config (name a).';
  expect(structured).toMatchObject({ summary: 's', next, content: 'hello', media_type: 'text/plain' });
  expect(text).toBe(`s\n\n\`\`\`\nhello\n\`\`\`\n\n${next}`);
  expect(toResult({ text, structured }).result).not.toHaveProperty('isError');
});

test('the text repeats the first 2,000 characters and says how many are left, never half a character', () => {
  const text = textOfRead(`${'x'.repeat(1_999)}😀${'y'.repeat(1_000)}`);
  expect(text).toContain('[1002 more characters in the structured content');
  expect(text.isWellFormed()).toBe(true);
});

test("keys inside content are the caller's own", () => {
  const changes = [{ op: 'add', path: '/mcpServers', after: { mcpServers: 1 } }] as const;
  expect(render(written(changes), writeRendering).structured).toMatchObject({ changes });
});

test('a result over the limit is refused, with what to do', () => {
  const rendered = render(read('x'.repeat(4_200_000)), getConfigRendering);
  expect(() => toResult(rendered)).toThrow(
    expect.objectContaining({ code: 'CONTENT_TOO_LARGE', hint: expect.stringContaining('max_chars') }),
  );
});

test('content that was cut says how to go on where only the text arrives', () => {
  const text = textOfRead('x'.repeat(5_000), { offset: 4_000 });
  expect(text).toContain('[3000 more characters in the structured content; if only this text reaches you, go on with ');
  expect(text).toContain('offset 6000 and max_chars 2000]');
});

test('long base64 is not repeated as text', () => {
  expect(textOfRead('QUJD'.repeat(1_000), { encoding: 'base64' })).toBe(
    's\n\n[4000 characters of base64 in the structured content]',
  );
});

test('a list is a line for each entry, cut between lines', () => {
  const config: ConfigSummary = {
    ...{ name: 'a/b', version: 3, mediaType: 'text/plain', size: 9, time: '2026-11-20T00:00:00.000Z', message: 'why' },
    ...{ digest: `sha256:${'0123456789abcdef'.repeat(4)}`, deleted: false, hasDraft: true },
  };
  const list = (configs: readonly ConfigSummary[]) =>
    render({ summary: 's', configs, total: configs.length }, listConfigsRendering).text;
  expect(list([config])).toBe(
    's\n\na/b  version 3  text/plain  9 bytes  2026-11-20T00:00:00.000Z  sha256:0123456789ab…  "why"  has a draft',
  );
  const many = list(Array.from({ length: 50 }, () => config));
  expect(many.split('\n').at(-1)).toMatch(/^\[\d+ more in the structured content\]$/);
  expect(many.length).toBeLessThan(2_100);
});

test('changes are shown as added, removed and replaced', () => {
  const changes = [
    { op: 'add', path: '/a', after: { b: 1 } },
    { op: 'remove', path: '/c', before: 'x' },
    { op: 'replace', path: '/d', before: 1, after: 2 },
    { op: 'replace', path: '' },
  ] as const;
  const lines = '+ "/a": {"b":1}\n- "/c": "x"\n~ "/d": 1 -> 2\n~ the whole content';
  expect(render(written(changes), writeRendering).text).toBe(`s\n\n${lines}`);
  const sides = { equal: false, to: { name: 'a', digest: 'sha256:00', mediaType: 'text/plain' } };
  expect(render({ summary: 's', ...sides, changes }, diffConfigsRendering).text).toBe(`s\n\n${lines}`);
});

test('a new config is not repeated to the caller who sent it; in a comparison it is shown', () => {
  const changes = [{ op: 'add', path: '', after: { a: 1 } }] as const;
  expect(render(written(changes), writeRendering).text).toBe('s');
  const sides = { equal: false, to: { name: 'a', digest: 'sha256:00', mediaType: 'application/json' } };
  expect(render({ summary: 's', ...sides, changes }, diffConfigsRendering).text).toBe(
    's\n\n+ the whole content: {"a":1}',
  );
});

test('warnings are in the text too, those of a read and those of the policy', () => {
  const notices = [
    { severity: 'warning', code: 'ROLLED_BACK', message: 'older than the pin', advice: [{ do: 'verify' }] },
    { severity: 'warning', code: 'NOT_ANCHORED', message: 'not anchored' },
  ] as const;
  const { text, structured } = render(read('c', { notices }), getConfigRendering);
  const warnings = ['ROLLED_BACK: older than the pin. Call verify_store to see every finding.', 'not anchored'];
  expect(structured).toMatchObject({ warnings });
  expect(structured).not.toHaveProperty('notices');
  expect(text).toBe(`s\n\nWarning: ${warnings[0]}\n\nWarning: ${warnings[1]}\n\n\`\`\`\nc\n\`\`\``);
  const errors = [{ code: 'SECRET_FOUND', path: '/a', message: 'a credential' }];
  const remarks = [{ code: 'UNPINNED_PACKAGE', path: '', message: 'no version' }];
  expect(render({ summary: 's', valid: false, errors, warnings: remarks }, validateConfigRendering).text).toBe(
    's\n\nerror SECRET_FOUND "/a": a credential\nwarning UNPINNED_PACKAGE no version',
  );
});

test('a finding says what to do in tools, as text and as structured content', () => {
  const finding = { severity: 'error', code: 'CORRUPT', where: 'log/3', message: 'not signed' } as const;
  const { text, structured } = render(
    {
      ...{ summary: 's', ok: false, checked: { commits: 4, artifacts: 0, bytes: 0 }, seconds: 1 },
      findings: [{ ...finding, hint: 'Restore it.', advice: [{ do: 'repair' }] }],
    },
    verifyStoreRendering,
  );
  const hint =
    'Restore it. Ask a person to run "config-store repair": it moves the damaged end of the log to quarantine/ after asking.';
  expect(text).toBe(`s\n\nerror CORRUPT log/3: not signed (${hint})`);
  expect(structured['findings']).toEqual([{ ...finding, hint }]);
});

test('a review shows calls, failures and changes', () => {
  const none = { calls: 0, failures: 0, commits: 0, refusals: 0 };
  const review = {
    ...{ summary: 's', since: 'T', until: 'T', events: 6, slowest: [], days: [], cut: false },
    headline: { ...none, signatureFaults: 0, busyWaits: 0, critical: 0 },
    tools: [{ tool: 'get_config', calls: 3, failures: 1, p50Ms: 0.5, p95Ms: 2, maxMs: 2 }],
    lastFailures: [{ time: 'T', event: 'tool.called', level: 'warn', tool: 'get_config', code: 'NOT_FOUND' }],
    configs: [{ name: 'a', version: 2, index: 4, commit: '0123', time: 'T', commits: 2 }],
  };
  expect(render(review, reviewTelemetryRendering).text.split('\n').slice(2)).toEqual([
    'get_config: 3 called, 1 failed; half within 0.5 ms, 95 % within 2 ms, slowest 2 ms',
    'failed: T  tool.called  get_config  NOT_FOUND',
    'changed: a  version 2  T  commits: 2',
  ]);
});

test('a result without anything to list is its summary and next step', () => {
  const result = { summary: 's', next: { advice: [{ do: 'restore', name: 'a', version: 1 }] }, name: 'a' } as const;
  const next = 'Bring it back with restore_config (name a, version 1).';
  expect(render(result, summaryOnly)).toEqual({ text: `s\n\n${next}`, structured: { summary: 's', next, name: 'a' } });
});

test('an error says code, message and hint, twice, in tools', () => {
  const error = new StoreError('VERSION_CONFLICT', 'newest is 7', {
    hint: 'Nothing was changed.',
    advice: [{ do: 'merge', name: 'a', newest: 7, expectedVersion: 7 }],
    details: { version: 7 },
  });
  const result = toErrorResult(error);
  const hint =
    'Nothing was changed. Read version 7 with get_config (name a), merge your change into it, and send expected_version 7.';
  expect(result.result.isError).toBe(true);
  expect(textOf(result)).toBe(`VERSION_CONFLICT: newest is 7\n${hint}`);
  expect(result.result.structuredContent).toEqual({
    summary: 'newest is 7',
    code: 'VERSION_CONFLICT',
    message: 'newest is 7',
    hint,
    details: { version: 7 },
  });
});
