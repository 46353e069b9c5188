import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMMON_FIELDS, CRITICAL_CODES, EVENT_CATALOG, FIELD_MEANINGS } from '../../src/telemetry/events/catalog.ts';

const FILE = join(import.meta.dirname, '../../docs/telemetry.md');

function code(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ');
}

const TABLES: Readonly<Record<string, string>> = {
  events: [
    '| event | when | level | fields in addition to the common ones |',
    '|---|---|---|---|',
    ...Object.entries(EVENT_CATALOG).map(
      ([name, { when, severity, fields }]) => `| \`${name}\` | ${when} | ${code(severity)} | ${code(fields)} |`,
    ),
    '',
    `Common fields: ${code(COMMON_FIELDS)}.`,
  ].join('\n'),
  fields: [
    '| field | meaning |',
    '|---|---|',
    ...Object.entries(FIELD_MEANINGS).map(([name, meaning]) => `| \`${name}\` | ${meaning} |`),
  ].join('\n'),
  critical: `${code(CRITICAL_CODES)}.`,
};

/** The document with its generated parts written again. */
function render(text: string): string {
  return text.replace(
    /(<!-- (\w+):begin -->\n)[\s\S]*?(<!-- \2:end -->)/g,
    (_, begin: string, name: string, end: string) => `${begin}${TABLES[name]}\n${end}`,
  );
}

test('docs/telemetry.md shows the events, fields and critical codes of the code (UPDATE_DOCS=1 writes it)', () => {
  const text = readFileSync(FILE, 'utf8');
  const fresh = render(text);
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(FILE, fresh);
  for (const name of Object.keys(TABLES)) expect(text).toContain(`<!-- ${name}:begin -->`);
  expect(process.env['UPDATE_DOCS'] === '1' ? fresh : text).toBe(fresh);
});
