import { appPage } from './app-page.ts';

/** Returns the page of a review: it shows what `review_telemetry` found. */
export function reviewPage(): string {
  return appPage({ title: 'Review', app: 'mcp-config-store-review', body: BODY, style: STYLE, script: SCRIPT });
}

const BODY = `<p id="next" class="warning" hidden></p>
<div id="days" role="img"></div>
<p id="range"></p>
<div id="tables"></div>`;

const STYLE = `
#days { display: flex; align-items: flex-end; gap: 2px; height: 64px; border-bottom: 1px solid var(--line); }
#days div { flex: 1; max-width: 28px; min-height: 1px; background: var(--soft); display: flex; flex-direction: column; justify-content: flex-end; }
#days span { display: block; background: var(--removed); }
#range { color: var(--soft); font-size: 0.93em; }
#tables { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.93em; }
th { text-align: left; font-weight: normal; color: var(--soft); }
th, td { padding: 3px 12px 3px 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: break-word; }
td { max-width: 26ch; }
.number { text-align: right; white-space: nowrap; }
.failed { color: var(--removed); }
`;

const SCRIPT = `
  const clock = (time) => {
    const instant = new Date(time);
    return Number.isNaN(instant.getTime()) ? time : instant.toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
  };
  const number = (value) => value.toLocaleString();

  const tableOf = (title, headings, rows) => {
    if (rows.length === 0) return [];
    const table = document.createElement('table');
    const row = (cells, kind) => {
      const line = document.createElement('tr');
      line.append(...cells.map((cell) => part(kind, typeof cell === 'number' ? number(cell) : cell || '', typeof cell === 'number' ? 'number' : '')));
      return line;
    };
    table.append(row(headings, 'th'), ...rows.map((cells) => row(cells, 'td')));
    return [part('h2', title), table];
  };

  const showDays = (days) => {
    const most = Math.max(1, ...days.map(({ calls, commits }) => Math.max(calls, commits)));
    const bars = days.map(({ start, calls, failures, commits }) => {
      const bar = document.createElement('div');
      bar.title = start + ': ' + calls + ' calls, ' + failures + ' failed, ' + commits + ' changes';
      bar.style.height = (100 * Math.max(calls, commits)) / most + '%';
      const failed = document.createElement('span');
      failed.style.height = (100 * failures) / Math.max(1, calls, commits) + '%';
      bar.append(failed);
      return bar;
    });
    find('days').replaceChildren(...bars);
    find('days').setAttribute('aria-label', bars.map(({ title }) => title).join('; '));
    find('days').hidden = days.length === 0;
  };

  const show = (result, isError) => {
    if (isError) return;
    find('next').textContent = plain(result.next || '');
    find('next').hidden = !result.next;
    showDays(result.days);
    find('range').textContent = clock(result.since) + ' to ' + clock(result.until) + (result.cut ? '; lists are shortened' : '');
    const failures = result.last_failures.map(({ time, event, tool, config, code, rule, path }) =>
      [clock(time), tool || event, code, config, [rule, path].filter(Boolean).join(' ')]);
    find('tables').replaceChildren(
      ...tableOf('Changes', ['Config', 'Version', 'Changes', 'Last'],
        result.configs.map(({ name, version, commits, time }) => [name, version, commits, clock(time)])),
      ...tableOf('Last failures and refusals', ['Time', 'What', 'Code', 'Config', 'Where'], failures),
      ...tableOf('Calls', ['Tool', 'Calls', 'Failed', 'Half within, ms', '95 % within, ms'],
        result.tools.map(({ tool, calls, failures: failed, p50_ms, p95_ms }) => [tool, calls, failed, p50_ms, p95_ms])),
    );
  };
`;
