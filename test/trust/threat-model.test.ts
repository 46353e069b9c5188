import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { TOOLS } from '../../src/mcp/tools/index.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const text = readFileSync(join(ROOT, 'docs', 'threat-model.md'), 'utf8');
const rows = text.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| adversary'));

it('begins with what a signature means, and says first what is not detected', () => {
  expect(text.split('\n')[0]).toMatch(/^A signature here means: /);
  expect(text.indexOf('## What is not detected')).toBeLessThan(text.indexOf('## Who can do what'));
});

it('every row of the table names the tests that show it, and they are there', () => {
  expect(rows.length).toBeGreaterThan(12);
  for (const row of rows) {
    const files = row.match(/test\/[a-z0-9/-]+\.test\.ts/g) ?? [];
    expect([row, files.length > 0]).toEqual([row, true]);
    for (const file of files) expect([file, existsSync(join(ROOT, file))]).toEqual([file, true]);
  }
});

it('speaks of every adversary', () => {
  const whole = rows.join('\n');
  for (const adversary of [
    'storage volume',
    '`state/`',
    'telemetry folder',
    'both volumes',
    'stolen',
    'revoked key',
    'backup file',
    'MCP client',
    'config author',
    'same user',
  ])
    expect(whole).toContain(adversary);
});

it('says what is still not detected', () => {
  const list = text.slice(text.indexOf('## What is not detected'), text.indexOf('## Who can do what'));
  for (const what of [
    'rolled back together',
    'no pin',
    'stolen key',
    '`state/`',
    'running process',
    'flush',
    'draft',
    'purge',
  ])
    expect(list).toContain(what);
});

it('nothing of what is the person’s alone is a tool', () => {
  expect(TOOLS.length).toBeGreaterThan(12);
  for (const { name } of TOOLS) expect(name).not.toMatch(/key|rotate|revoke|purge|trust|repair|accept|backup|secret/);
});
