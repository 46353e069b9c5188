import { formatDuration } from '../review/duration.ts';
import { ago } from '../review/look-facts.ts';
import type { CodeFacts, Occurrence } from '../review/review-facts.ts';
import { breakable, formatCount, formatTime } from './format.ts';
import { type Html, html } from './html.ts';

/**
 * Returns what failed or was refused, by code, and below it each one, folded, which can be filtered by text, code and tool; without a
 * script, all of it is shown there.
 */
export function failuresSection(codes: readonly CodeFacts[], failures: readonly Occurrence[], nowMs: number): Html {
  const heading = html`<h2 id="failures">Failures</h2>`;
  if (codes.length === 0)
    return html`<section aria-labelledby="failures">${heading}<p class="empty">Nothing failed and nothing was refused in this time.</p></section>`;
  const most = Math.max(...codes.map(({ count }) => count));
  return html`<section class="long" aria-labelledby="failures">
${heading}
<p class="note">By code. A refusal is a change that the store did not make, for what it holds or because another came first.</p>
<table class="ranked codes" role="table">
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Code</th><th scope="col" role="columnheader">Kind</th><th scope="col" role="columnheader" class="number">Times</th><th scope="col" role="columnheader" class="chart"><span class="unseen">Share</span></th><th scope="col" role="columnheader">Of</th><th scope="col" role="columnheader">Newest</th></tr></thead>
<tbody role="rowgroup">${codes.map((each) => codeRow(each, most, nowMs))}</tbody>
</table>
<details class="each" id="each">
<summary>Each, newest first</summary>
<search class="filter" id="filter" aria-label="Filter failures" hidden>
<label>Search <input type="search" id="filter-text" placeholder="config, rule, path …" autocomplete="off" spellcheck="false"></label>
<label>Code <select id="filter-code"><option value="">all</option>${options(failures.map(({ code }) => code))}</select></label>
<label>Tool <select id="filter-tool"><option value="">all</option>${options(failures.map(({ tool, event }) => tool ?? event))}</select></label>
<button type="button" id="filter-clear">Clear</button>
<output id="filter-count" aria-live="polite">${failures.length} of ${failures.length}</output>
</search>
<table class="occurrences" id="failure-rows" role="table">
${headings(['Time (UTC)', 'What', 'Code', 'Config', 'Rule and place'])}
<tbody role="rowgroup">${failures.map((each) => row(each, true))}</tbody>
</table>
<p class="empty" id="filter-none" hidden>No row fits this filter.</p>
<button type="button" class="more" id="filter-more" hidden></button>
</details>
</section>`;
}

function codeRow(
  { code, hasCode, count, isRefusal, isCritical, last, tools }: CodeFacts,
  most: number,
  nowMs: number,
): Html {
  const kind = isCritical ? 'trouble' : isRefusal ? 'refused' : hasCode ? 'failed' : 'warning';
  const width = Math.round((count / most) * 10_000) / 100;
  return html`<tr role="row"><th scope="row" role="rowheader"><span class="code ${isCritical ? 'error' : 'warn'}">${code}</span></th><td role="cell" class="short" data-label="Kind">${kind}</td><td role="cell" class="number" data-label="Times">${formatCount(count)}</td><td role="cell" class="chart"><svg width="100%" height="12" aria-hidden="true" focusable="false"><rect class="track" width="100%" height="12" rx="3"/><rect class="share ${kind}" width="${width}%" height="12" rx="3"/></svg></td><td role="cell" data-label="Of">${tools.map((tool, at) => [at === 0 ? '' : ', ', breakable(tool)])}</td><td role="cell" class="short" data-label="Newest"><time datetime="${last}" title="${formatTime(last)} UTC">${ago(last, nowMs)}</time></td></tr>`;
}

/** Returns the slowest calls. */
export function slowestTable(slowest: readonly Occurrence[]): Html {
  if (slowest.length === 0) return html``;
  return html`<h3>Slowest calls</h3>
<table class="occurrences" role="table">
${headings(['Time (UTC)', 'What', 'Code', 'Config'])}
<tbody role="rowgroup">${slowest.map((each) => row(each, false))}</tbody>
</table>`;
}

function headings(names: readonly string[]): Html {
  return html`<thead role="rowgroup"><tr role="row">${names.map((name) => html`<th scope="col" role="columnheader">${name}</th>`)}<th scope="col" role="columnheader" class="number">Took</th></tr></thead>`;
}

function row({ time, level, event, tool, code, config, rule, path, durationMs }: Occurrence, placed: boolean): Html {
  const what = tool ?? event;
  const place = [rule, path].filter((text) => text !== undefined && text !== '').join(' at ');
  const badge =
    code === undefined ? undefined : html`<span class="code ${level === 'error' ? 'error' : 'warn'}">${code}</span>`;
  return html`<tr role="row" data-code="${code ?? ''}" data-tool="${what}"><td role="cell" class="time">${formatTime(time)}</td><td role="cell" class="what">${what}</td><td role="cell">${badge}</td><td role="cell">${breakable(config ?? '')}</td>${placed ? html`<td role="cell">${breakable(place)}</td>` : undefined}<td role="cell" class="number">${durationMs === undefined ? undefined : formatDuration(durationMs)}</td></tr>`;
}

function options(values: ReadonlyArray<string | undefined>): Html[] {
  return [...new Set(values)]
    .filter((value) => value !== undefined)
    .sort()
    .map((value) => html`<option>${value}</option>`);
}
