import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { guide } from '../../src/cli/output/advice.ts';
import type { Notice } from '../../src/core/notice.ts';
import { html } from '../../src/telemetry/report/html.ts';
import { telemetryReport } from '../../src/telemetry/report/telemetry-report.ts';
import { call, writeEvents } from './day-files.ts';
import { HOSTILE, NOW_MS, pageOf, sampleEvents } from './report-facts.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('markup', () => {
  test('is escaped where it comes from text, wherever it stands', () => {
    expect(html`<p title="${HOSTILE}">${[HOSTILE, undefined, 7, html`<b>${'&'}</b>`]}</p>`.toString()).toBe(
      '<p title="&lt;img src=x onerror=&quot;globalThis.broken = 1&quot;&gt;&lt;script&gt;globalThis.broken = 1&lt;/script&gt;&#39;&quot;&amp;">&lt;img src=x onerror=&quot;globalThis.broken = 1&quot;&gt;&lt;script&gt;globalThis.broken = 1&lt;/script&gt;&#39;&quot;&amp;7<b>&amp;</b></p>',
    );
  });
});

describe('the page', () => {
  const page = pageOf(sampleEvents());

  test('forbids everything but its own style and script, by their hashes', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1]?.replaceAll('&#39;', "'");
    const hash = (tag: string) => {
      const parts = [...page.matchAll(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, 'g'))];
      expect(parts).toHaveLength(1);
      return `'sha256-${createHash('sha256')
        .update(parts[0]?.[1] ?? '')
        .digest('base64')}'`;
    };
    expect(policy).toBe(
      `default-src 'none'; style-src ${hash('style')}; script-src ${hash('script')}; base-uri 'none'; form-action 'none'`,
    );
  });

  test('names nothing outside itself', () => {
    const plain = pageOf(sampleEvents().filter((event) => !JSON.stringify(event).includes('<img')));
    expect(plain).not.toMatch(/\b(?:src|href|action|srcset|data)=|url\(|@import|\/\/[a-z]/);
    expect(plain).not.toMatch(/ style="| on\w+="/);
  });

  test('holds no markup of the telemetry files', () => {
    expect(page).not.toContain('<img');
    expect(page.match(/<script/g)).toHaveLength(1);
  });

  test('holds every period of its window, also empty ones', () => {
    const rows = /<table class="figures"[\s\S]*?<\/table>/.exec(page)?.[0].match(/<th scope="row">[^<]+/g);
    expect(rows?.map((row) => row.slice(16))).toEqual(['15 Nov', '16 Nov', '17 Nov', '18 Nov', '19 Nov', '20 Nov']);
    const hourly = pageOf([call('2026-11-20T11:30:00.000Z')], 1);
    expect(hourly.match(/<th scope="row">\d+ Nov \d\d:00/g)).toHaveLength(25);
  });

  test('says so when there is nothing', () => {
    const empty = pageOf([]);
    expect(empty).toContain('No events');
    expect(empty).toContain('Nothing failed and nothing was refused');
    expect(empty).toContain('No config was changed');
    expect(empty.split('<script>')[0]).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('says first what needs a person', () => {
    expect(pageOf([call('2026-11-20T11:30:00.000Z')])).toContain('Nothing needs a person');
    const bad = pageOf([call('2026-11-20T11:30:00.000Z', { level: 'error', 'error.type': 'SIGNATURE_INVALID' })]);
    expect(bad).toMatch(/class="verdict error"><b>The store was in trouble<\/b>[^<]*config-store verify/);
  });

  test('stays small enough to open over years of events', () => {
    const long = pageOf([call('2016-01-01T00:00:00.000Z'), call('2026-11-20T11:30:00.000Z')], 4_000);
    expect(long.length).toBeLessThan(400_000);
    expect(long).not.toContain('NaN');
  });
});

describe('the report of a folder', () => {
  const source = (folder: string) => ({ folder, state: () => ({ status: 'on', lost: 0 }) as const, now: () => NOW_MS });

  test('is made of its events, and says what it was limited to', async () => {
    const folder = await temporaryFolder();
    await writeEvents(folder, sampleEvents());
    const page = await telemetryReport(
      source(folder),
      { tool: 'get_config', failuresOnly: true },
      { version: '1.2.3', guide },
    );
    expect(page).toContain('tool get_config, failures only');
    expect(page).toContain('from 20 events');
  });

  test('names the folder it cannot read', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'telemetry'), '');
    await expect(telemetryReport(source(join(folder, 'telemetry')), {}, { version: '1', guide })).rejects.toMatchObject(
      { code: 'STORE_UNREADABLE' },
    );
  });

  test('leaves out a file that is none, and says so', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'events-2026-11-20.jsonl'));
    const notices: Notice[] = [];
    const leftOut = (notice: Notice) => notices.push(notice);
    await telemetryReport(source(folder), {}, { version: '1', guide, leftOut });
    expect(notices).toMatchObject([{ message: expect.stringContaining('is a folder') }]);
  });
});
