import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sweepTmp, TMP_AGE_MS } from '../../src/store/sweep.ts';

const nowMs = Date.parse('2026-11-20T10:00:00.000Z');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('removes only what is older than an hour', () => {
  for (const [name, ageMs] of [
    ['old', TMP_AGE_MS + 1_000],
    ['young', TMP_AGE_MS - 1_000],
    ['from the future', -60_000],
  ] as const) {
    writeFileSync(join(folder, name), '');
    const modified = new Date(nowMs - ageMs);
    utimesSync(join(folder, name), modified, modified);
  }
  expect(sweepTmp(folder, nowMs)).toBe(1);
  expect(readdirSync(folder).sort()).toEqual(['from the future', 'young']);
});

it('does not mind a folder that is not there', () => {
  rmSync(folder, { recursive: true });
  expect(sweepTmp(folder, nowMs)).toBe(0);
});
