import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Durable } from '../../../src/disk/durable.ts';
import { RealFolders } from '../../../src/disk/real-folders.ts';
import { FORMAT_LINE, readFormat } from '../../../src/engine/files/format.ts';
import { storageLayout } from '../../../src/engine/files/layout.ts';
import type { Storage } from '../../../src/engine/files/storage.ts';

describe('the format file', () => {
  let folder: string;
  let path: string;
  let storage: Storage;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'config-store-'));
    path = join(folder, 'format');
    storage = { layout: storageLayout(folder), folders: new RealFolders(folder), disk: new Durable() };
  });
  afterEach(() => {
    storage.folders.close();
    rmSync(folder, { recursive: true });
  });

  it('is the one line the blueprint of the format says', () => {
    expect(FORMAT_LINE).toBe('mcp-config-store 1\n');
    writeFileSync(path, FORMAT_LINE);
    expect(readFormat(storage)).toBe(1);
  });

  it('is not there before the first write', () => {
    expect(readFormat(storage)).toBeUndefined();
  });

  it.each(['mcp-config-store 2\n', 'mcp-config-store 999999999\n'])(
    'of a newer release is refused as such: %j',
    (line) => {
      writeFileSync(path, line);
      expect(() => readFormat(storage)).toThrowError(
        expect.objectContaining({ code: 'STORE_NEWER', advice: [{ do: 'upgrade' }] }),
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
    `mcp-config-store 1\n${'\0'.repeat(100)}`,
  ])('of anything else is CORRUPT (case %#)', (line) => {
    writeFileSync(path, line);
    expect(() => readFormat(storage)).toThrowError(expect.objectContaining({ code: 'CORRUPT' }));
  });
});
