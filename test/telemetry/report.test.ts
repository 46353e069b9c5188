import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { guide } from '../../src/cli/output/advice.ts';
import type { Notice } from '../../src/core/notice.ts';
import { html } from '../../src/telemetry/report/html.ts';
import { periodOf } from '../../src/telemetry/report/periods.ts';
import { telemetryReport } from '../../src/telemetry/report/telemetry-report.ts';
import { Review } from '../../src/telemetry/review/review.ts';
import { call, writeEvents } from './day-files.ts';
import { fullPage, HOSTILE, NOW_MS, pageOf, sampleChanges, sampleEvents } from './report-facts.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('markup', () => {
  test('is escaped where it comes from text, wherever it stands', () => {
    expect(html`<p title="${HOSTILE}">${[HOSTILE, undefined, 7, html`<b>${'&'}</b>`]}</p>`.toString()).toBe(
      '<p title="&lt;img src=x onerror=&quot;globalThis.broken = 1&quot;&gt;&lt;script&gt;globalThis.broken = 1&lt;/script&gt;&#39;&quot;&amp;">&lt;img src=x onerror=&quot;globalThis.broken = 1&quot;&gt;&lt;script&gt;globalThis.broken = 1&lt;/script&gt;&#39;&quot;&amp;7<b>&amp;</b></p>',
    );
  });
});

describe('the page', () => {
  const page = fullPage();

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
    expect(plain).not.toMatch(/\b(?:src|action|srcset|data)=|\bhref=(?!"#[a-z]+")|url\(|@import|\/\/[a-z]/);
    expect(plain).not.toMatch(/ style="| on\w+="/);
  });

  test('holds no markup of the telemetry files, the log or the machine', () => {
    expect(page).not.toContain('<img');
    expect(page.match(/<script/g)).toHaveLength(1);
  });

  test('holds every period of its window, also empty ones', () => {
    const rows = /<table class="figures"[\s\S]*?<\/table>/.exec(page)?.[0].match(/<th scope="row">[^<]+/g);
    expect(rows?.map((row) => row.slice(16).trim())).toEqual([
      '15 Nov',
      '16 Nov',
      '17 Nov',
      '18 Nov',
      '19 Nov',
      '20 Nov',
    ]);
    const hourly = pageOf([call('2026-11-20T11:30:00.000Z')], 1);
    expect(hourly.match(/<th scope="row">\d+ Nov \d\d:00/g)).toHaveLength(25);
  });

  test('says so when there is nothing', () => {
    const empty = pageOf([], 7);
    expect(empty).toContain('<b>A quiet week</b>');
    expect(empty).toContain('No config was changed');
    expect(empty).toContain('Nothing needs a person');
    expect(empty).not.toMatch(/<h2 id="(?:failures|activity|latency)"/);
    expect(empty.split('<script>')[0]).not.toMatch(/NaN|undefined|Infinity/);
    expect(pageOf([call('2026-11-20T11:30:00.000Z')])).toContain('Nothing failed and nothing was refused');
  });

  test('says why there are no events: telemetry is off, was off, or nothing fits', () => {
    expect(pageOf([], 7, { isOff: true })).toContain('telemetry is off');
    expect(pageOf([], 7, { changes: sampleChanges() })).toContain('telemetry has nothing');
    expect(pageOf([], 7, { scope: 'tool get_config', changes: undefined })).toContain('No events fit');
  });

  test('names store, host and folder, and says first what changed, then what needs a person, then what failed', () => {
    const where = { store: '4f628a1d672d', host: 'ada-laptop', folder: '/home/ada/config' };
    const named = pageOf(sampleEvents(), 7, { store: where, changes: sampleChanges() });
    expect(named).toContain(
      '<title>Config store 4f628a1d672d on ada-laptop, /home/ada/config: 13 Nov 2026 to 20 Nov 2026 UTC</title>',
    );
    expect([...named.matchAll(/<h2 id="(\w+)"/g)].map(([, id]) => id)).toEqual([
      'changes',
      'attention',
      'failures',
      'activity',
      'latency',
    ]);
    const bad = pageOf([call('2026-11-20T11:30:00.000Z', { level: 'error', 'error.type': 'SIGNATURE_INVALID' })]);
    expect(bad).toMatch(/<b>Something did not verify<\/b>[\s\S]*config-store verify/);
  });

  test('tells a change as a sentence, by day, and folds what is beyond the first twelve', () => {
    const named = pageOf([], 7, { changes: sampleChanges() }).replaceAll('<wbr>', '');
    expect(named.replace(/<[^>]+>/g, '')).toMatch(
      /ada added server github to team\/1, from Claude Desktop, 7 hours ago\s+04:47 UTC · commit 19 c0ffeec0ffee · signed by first key/,
    );
    expect(named).toContain('<h3>Yesterday, 19 Nov</h3>');
    expect(named).toContain('<summary>3 more</summary>');
    expect(named).toContain('2 older ones are in the log');
    expect(named.match(/not verified/g)).toHaveLength(1);
  });

  test('groups failures by code, a refusal once and among them', () => {
    const refused = (time: string) => [
      call(time, { level: 'warn', 'gen_ai.tool.name': 'put_config', 'error.type': 'SECRET_FOUND' }),
      {
        level: 'warn',
        time,
        'event.name': 'config.refused',
        'gen_ai.tool.name': 'put_config',
        'error.type': 'SECRET_FOUND',
      },
    ];
    const failed = (time: string) => call(time, { level: 'warn', 'error.type': 'NOT_FOUND' });
    const events = ['2026-11-20T10:00:00.000Z', '2026-11-20T11:00:00.000Z', '2026-11-20T11:30:00.000Z'];
    const text = pageOf([...events.map(failed), ...refused('2026-11-20T11:00:00.000Z')]);
    const rows = [...text.matchAll(/<span class="code warn">(\w+)<\/span><\/th>.*?>(\w+)<\/td>.*?>(\d+)<\/td>/g)];
    expect(rows.map(([, ...cells]) => cells)).toEqual([
      ['NOT_FOUND', 'failed', '3'],
      ['SECRET_FOUND', 'refused', '1'],
    ]);
    expect(text).toMatch(/<b>4<\/b> <span>failures<\/span>/);
  });

  test('marks the days that are there in part, and has the week before next to them, on one scale', () => {
    const window = { sinceMs: NOW_MS - 7 * 86_400_000, untilMs: NOW_MS };
    const before = new Review({ limit: 1, period: periodOf(window) });
    for (const n of [1, 2, 3, 4]) before.add(call(`2026-11-12T0${n}:00:00.000Z`));
    const text = pageOf([call('2026-11-19T11:30:00.000Z')], 7, { before: before.facts() });
    expect(text).toMatch(/13 Nov <span class="part">from 12:00/);
    expect(text).toMatch(/20 Nov <span class="part">until 12:00/);
    expect(text).toMatch(
      /19 Nov<\/th><td class="number">1<\/td><td class="number">0<\/td><td class="number">0<\/td><td class="number">4</,
    );
    expect(text).toContain('calls the week before');
    const heights = [...text.matchAll(/<rect class="(before|calls)"[^>]* height="([\d.]+)"/g)];
    expect(heights.map(([, kind, height]) => [kind, Number(height)])).toEqual([
      ['before', 160],
      ['calls', 40],
    ]);
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
