import { scaleLinear } from 'd3-scale';
import { area, curveStepAfter } from 'd3-shape';
import type { PeriodFacts } from '../review/review-facts.ts';
import { formatCount, formatPeriod } from './format.ts';
import { type Html, html } from './html.ts';

type Measure = 'calls' | 'failures' | 'refusals' | 'commits';

/** The panels, top to bottom, with their heights in pixels; each has a scale of its own, for their sizes differ by far. */
const PANELS: ReadonlyArray<{ readonly measure: Measure; readonly label: string; readonly height: number }> = [
  { measure: 'calls', label: 'Calls', height: 132 },
  { measure: 'failures', label: 'Failures', height: 44 },
  { measure: 'refusals', label: 'Refusals', height: 44 },
  { measure: 'commits', label: 'Commits', height: 44 },
];

/** Returns activity over time: one panel for each measure over a common time axis, and the same as a table. */
export function activitySection(periods: readonly PeriodFacts[]): Html {
  const unit = isHour(periods) ? 'hour' : 'day';
  return html`<section aria-labelledby="activity">
<h2 id="activity">Activity over time</h2>
<p class="note">By ${unit}, UTC.</p>
<div class="plot" id="plot" role="group" aria-roledescription="chart" aria-label="Activity by ${unit}. Left and right arrow keys read one ${unit} after the other; the table below holds the same figures." tabindex="0">
${PANELS.map((each) => panel(each, periods))}
${axis(periods)}
<span class="cursor" id="cursor" hidden></span>
</div>
<p class="readout" id="readout" aria-live="polite">${total(periods)}</p>
<details>
<summary>As a table</summary>
<div class="scroll" role="region" aria-label="Activity as a table" tabindex="0">
<table class="figures" id="periods">
<thead><tr><th scope="col">${unit === 'hour' ? 'Hour' : 'Day'}</th>${PANELS.map(({ label }) => html`<th scope="col" class="number">${label}</th>`)}</tr></thead>
<tbody>${periods.map((period) => html`<tr><th scope="row">${formatPeriod(period.start)}</th>${PANELS.map(({ measure }) => html`<td class="number">${formatCount(period[measure])}</td>`)}</tr>`)}</tbody>
</table>
</div>
</details>
</section>`;
}

function panel({ measure, label, height }: (typeof PANELS)[number], periods: readonly PeriodFacts[]): Html {
  const values = periods.map((period) => period[measure]);
  const max = Math.max(...values, 0);
  const y = scaleLinear([0, Math.max(max, 1)], [height, 2]);
  const ticks = measure === 'calls' && max > 1 ? y.ticks(3).filter((tick) => tick > 0) : [];
  // A value holds from its period's start to its end, so the last one is drawn twice.
  const steps = [...values, values.at(-1) ?? 0].map((value, at) => [at, value] as const);
  const shape = area<readonly [number, number]>()
    .x(([at]) => at)
    .y0(height)
    .y1(([, value]) => Math.round(y(value) * 10) / 10)
    .curve(curveStepAfter);
  return html`<div class="panel ${measure}">
<p class="label"><span>${label}</span> <b>${formatCount(values.reduce((sum, value) => sum + value, 0))}</b></p>
<svg width="100%" height="${height}" aria-hidden="true" focusable="false">
${ticks.map((tick) => html`<line class="grid" x1="0" x2="100%" y1="${y(tick)}" y2="${y(tick)}"/>`)}
<svg width="100%" height="${height}" viewBox="0 0 ${Math.max(values.length, 1)} ${height}" preserveAspectRatio="none"><path d="${shape(steps) ?? ''}"/></svg>
<line class="base" x1="0" x2="100%" y1="${height - 0.5}" y2="${height - 0.5}"/>
${ticks.map((tick) => html`<text class="tick" x="-8" y="${y(tick) + 4}" text-anchor="end">${formatCount(tick)}</text>`)}
</svg>
</div>`;
}

/** Hours between the names of an axis of hours: so that midnight is among them. */
const HOUR_STEPS = [1, 2, 3, 6, 12, 24];

/** Returns names of at most seven periods; every other one disappears on a narrow screen. */
function axis(periods: readonly PeriodFacts[]): Html {
  const least = Math.max(1, Math.ceil(periods.length / 7));
  const step = (isHour(periods) ? HOUR_STEPS.find((hours) => hours >= least) : undefined) ?? least;
  const first = isHour(periods) ? (24 - Number(periods[0]?.start.slice(11))) % step : 0;
  const named = periods.flatMap(({ start }, at) => (at % step === first ? [{ start, at }] : []));
  const centre = (at: number) => Math.round(((at + 0.5) / periods.length) * 10_000) / 100;
  return html`<svg class="axis" width="100%" height="22" aria-hidden="true" focusable="false">
${named.map(({ start, at }, place) => html`<text class="tick${place % 2 === 1 ? ' minor' : ''}" x="${edge(centre(at))}%" y="16" text-anchor="${anchor(centre(at))}">${formatPeriod(start)}</text>`)}
</svg>`;
}

function isHour(periods: readonly PeriodFacts[]): boolean {
  return periods[0]?.start.length === 13;
}

function edge(percent: number): number {
  if (percent < 4) return 0;
  return percent > 96 ? 100 : percent;
}

/** Returns the anchor of a name: names at the edges must not leave the chart. */
function anchor(percent: number): string {
  if (percent < 4) return 'start';
  return percent > 96 ? 'end' : 'middle';
}

function total(periods: readonly PeriodFacts[]): string {
  const busiest = periods.reduce<PeriodFacts | undefined>(
    (most, period) => (most === undefined || period.calls > most.calls ? period : most),
    undefined,
  );
  return busiest === undefined || busiest.calls === 0
    ? 'No calls in this time.'
    : `Busiest: ${formatPeriod(busiest.start)} with ${formatCount(busiest.calls)} calls.`;
}
