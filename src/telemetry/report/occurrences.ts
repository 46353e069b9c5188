import { formatDuration } from '../review/duration.ts';
import type { Occurrence } from '../review/review-facts.ts';
import { breakable, formatTime } from './format.ts';
import { type Html, html } from './html.ts';

/** Refusals and failures as a table that can be filtered by text, code and tool; without a script, all of it is shown. */
export function failuresSection(failures: readonly Occurrence[]): Html {
  const heading = html`<h2 id="failures">Refusals and failures</h2>`;
  if (failures.length === 0)
    return html`<section aria-labelledby="failures">${heading}<p class="empty">Nothing failed and nothing was refused in this time.</p></section>`;
  return html`<section class="long" aria-labelledby="failures">
${heading}
<search class="filter" id="filter" aria-label="Filter refusals and failures" hidden>
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
</section>`;
}

/** Returns the slowest calls. */
export function slowestSection(slowest: readonly Occurrence[]): Html {
  if (slowest.length === 0) return html``;
  return html`<section aria-labelledby="slowest">
<h2 id="slowest">Slowest calls</h2>
<table class="occurrences" role="table">
${headings(['Time (UTC)', 'What', 'Code', 'Config'])}
<tbody role="rowgroup">${slowest.map((each) => row(each, false))}</tbody>
</table>
</section>`;
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
