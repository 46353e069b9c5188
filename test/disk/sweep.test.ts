import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sweepUnfinished, TMP_AGE_MS } from '../../src/disk/sweep.ts';

const nowMs = Date.parse('2026-11-20T10:00:00.000Z');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('removes unfinished files older than an hour, and nothing else', () => {
  const files: Record<string, number> = {
    '123-0123456789abcdef': TMP_AGE_MS + 1_000,
    '124-0123456789abcdef-link': TMP_AGE_MS + 1_000,
    '125-0123456789abcdef': TMP_AGE_MS - 1_000,
    '126-0123456789abcdef': -60_000,
    'gate-turn': 2 * TMP_AGE_MS,
    'pin.json': 2 * TMP_AGE_MS,
  };
  for (const [name, ageMs] of Object.entries(files)) {
    writeFileSync(join(folder, name), '');
    const modified = new Date(nowMs - ageMs);
    utimesSync(join(folder, name), modified, modified);
  }
  expect(sweepUnfinished(folder, nowMs)).toBe(2);
  expect(readdirSync(folder).sort()).toEqual(['125-0123456789abcdef', '126-0123456789abcdef', 'gate-turn', 'pin.json']);
});

it('does not mind a folder that is not there', () => {
  rmSync(folder, { recursive: true });
  expect(sweepUnfinished(folder, nowMs)).toBe(0);
});
