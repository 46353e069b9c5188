import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FORMAT_LINE, readFormat } from '../../../src/engine/files/format.ts';

describe('the format file', () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'config-store-'));
    path = join(folder, 'format');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is the one line the blueprint of the format says', () => {
    expect(FORMAT_LINE).toBe('mcp-config-store 1\n');
    writeFileSync(path, FORMAT_LINE);
    expect(readFormat(path)).toBe(1);
  });

  it('is not there before the first write', () => {
    expect(readFormat(path)).toBeUndefined();
  });

  it.each(['mcp-config-store 2\n', 'mcp-config-store 999999999\n'])(
    'of a newer release is refused as such: %j',
    (line) => {
      writeFileSync(path, line);
      expect(() => readFormat(path)).toThrowError(
        expect.objectContaining({ code: 'STORE_NEWER', hint: expect.stringContaining('Update') }),
      );
    },
  );

  it.each([
    '',
    'mcp-config-store 1',
    'mcp-config-store 01\n',
    'mcp-config-store 0\n',
    'mcp-config-store 1\n\n',
    'MCP-config-store 1\n',
    'x'.repeat(10_000),
  ])('of anything else is CORRUPT (case %#)', (line) => {
    writeFileSync(path, line);
    expect(() => readFormat(path)).toThrowError(expect.objectContaining({ code: 'CORRUPT' }));
  });
});
