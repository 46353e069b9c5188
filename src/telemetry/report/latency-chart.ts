import { scaleLog } from 'd3-scale';
import { formatDuration } from '../review/duration.ts';
import type { ToolFacts } from '../review/review-facts.ts';
import { breakable, formatCount } from './format.ts';
import { type Html, html } from './html.ts';

/**
 * Returns latency by tool: a bar from the median to the 95th percentile and a mark at the slowest call, on one
 * logarithmic scale.
 */
export function latencyTable(tools: readonly ToolFacts[]): Html {
  if (tools.length === 0) return html``;
  const times = tools.flatMap(({ p50Ms, maxMs }) => [p50Ms, maxMs]).filter((ms) => ms > 0);
  const x = scaleLog([Math.min(...times, 1), Math.max(...times, 10)], [2, 98]).nice();
  const ticks = x.ticks(4).filter((ms) => Number.isInteger(Math.log10(ms)));
  return html`<h3>By tool</h3>
<p class="note"><span class="key bar"></span>median to 95th percentile <span class="key dot"></span>slowest call. Logarithmic: each line is ten times the one before.</p>
<table class="ranked latency" role="table">
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Tool</th><th scope="col" role="columnheader" class="number">Calls</th><th scope="col" role="columnheader" class="number">Failures</th><th scope="col" role="columnheader" class="chart">${scale(x, ticks)}</th><th scope="col" role="columnheader" class="number">Median</th><th scope="col" role="columnheader" class="number">95 %</th><th scope="col" role="columnheader" class="number">Slowest</th></tr></thead>
<tbody role="rowgroup">${tools.map((tool) => row(tool, x, ticks))}</tbody>
</table>`;
}

type Scale = (milliseconds: number) => number;

function scale(x: Scale, ticks: readonly number[]): Html {
  return html`<span class="unseen">Median to slowest</span><svg width="100%" height="16" aria-hidden="true" focusable="false">${ticks.map((ms) => html`<text class="tick" x="${percent(x(ms))}" y="12" text-anchor="middle">${tickLabel(ms)}</text>`)}</svg>`;
}

function row({ tool, calls, failures, p50Ms, p95Ms, maxMs }: ToolFacts, x: Scale, ticks: readonly number[]): Html {
  const [from, to, most] = [p50Ms, p95Ms, maxMs].map((ms) => x(Math.max(ms, 0.001)));
  return html`<tr role="row"><th scope="row" role="rowheader">${breakable(tool)}</th><td role="cell" class="number" data-label="Calls">${formatCount(calls)}</td><td role="cell" class="number${failures > 0 ? ' failed' : ' none'}" data-label="Failures">${formatCount(failures)}</td><td role="cell" class="chart"><svg width="100%" height="20" aria-hidden="true" focusable="false">
${ticks.map((ms) => html`<line class="grid" x1="${percent(x(ms))}" x2="${percent(x(ms))}" y1="0" y2="20"/>`)}
<line class="reach" x1="${percent(to ?? 0)}" x2="${percent(most ?? 0)}" y1="10" y2="10"/>
<rect class="range" x="${percent(from ?? 0)}" width="${percent(Math.max((to ?? 0) - (from ?? 0), 0.6))}" y="5" height="10" rx="3"/>
<circle class="most" cx="${percent(most ?? 0)}" cy="10" r="3.5"/>
</svg></td><td role="cell" class="number" data-label="Median">${formatDuration(p50Ms)}</td><td role="cell" class="number" data-label="95 %">${formatDuration(p95Ms)}</td><td role="cell" class="number" data-label="Slowest">${formatDuration(maxMs)}</td></tr>`;
}

function percent(value: number): string {
  return `${Math.round(Math.min(100, Math.max(0, value)) * 100) / 100}%`;
}

function tickLabel(milliseconds: number): string {
  if (milliseconds >= 1_000) return `${milliseconds / 1_000} s`;
  return milliseconds >= 1 ? `${milliseconds} ms` : `${Math.round(milliseconds * 1_000)} µs`;
}
