import { scaleLinear } from 'd3-scale';
import { formatCount, formatPeriod } from './format.ts';
import { type Html, html } from './html.ts';
import type { Period } from './periods.ts';

const HEIGHT = 168;
/** The least height of a bar, so that a few are seen next to many; pixels. */
const LEAST = 2;

/**
 * Returns activity over time: for each day or hour a bar of calls, with those that failed or were refused on top, one of commits, and
 * a pale one of the calls of the time before, all on one scale; and the same as a table.
 *
 * @param before what people call the time before; absent where nothing is known of it
 */
export function activitySection(periods: readonly Period[], before: string | undefined): Html {
  const unit = isHour(periods) ? 'hour' : 'day';
  const keys = [
    ['calls', 'calls'],
    ['failures', 'of them failed or refused'],
    ['commits', 'changes'],
    ...(before === undefined ? [] : [['before', `calls ${before}`]]),
    ...(periods.some(({ part }) => part !== undefined) ? [['part', `part of the ${unit}`]] : []),
  ];
  return html`<section aria-labelledby="activity">
<h2 id="activity">Activity</h2>
<p class="note">By ${unit}, UTC: ${keys.map(([kind, text]) => html`<span class="legend"><span class="key ${kind}"></span>${text}</span> `)}</p>
<div class="plot" id="plot" role="group" aria-roledescription="chart" aria-label="Activity by ${unit}. Left and right arrow keys read one ${unit} after the other; the table below holds the same figures." tabindex="0">
${bars(periods)}
${axis(periods)}
<span class="cursor" id="cursor" hidden></span>
</div>
<p class="readout" id="readout" aria-live="polite">${total(periods)}</p>
<details>
<summary>As a table</summary>
<div class="scroll" role="region" aria-label="Activity as a table" tabindex="0">
<table class="figures" id="periods">
<thead><tr><th scope="col">${unit === 'hour' ? 'Hour' : 'Day'}</th>${['Calls', 'Failed', 'Changes'].map((label) => html`<th scope="col" class="number">${label}</th>`)}${before === undefined ? undefined : html`<th scope="col" class="number">Calls ${before}</th>`}</tr></thead>
<tbody>${periods.map((period) => html`<tr><th scope="row">${formatPeriod(period.start)}${period.part === undefined ? undefined : html` <span class="part">${period.part}</span>`}</th>${[period.calls, period.failed, period.commits].map((value) => html`<td class="number">${formatCount(value)}</td>`)}${before === undefined ? undefined : html`<td class="number">${formatCount(period.before?.calls ?? 0)}</td>`}</tr>`)}</tbody>
</table>
</div>
</details>
</section>`;
}

function bars(periods: readonly Period[]): Html {
  const tallest = periods.map((each) => Math.max(each.calls, each.failed, each.commits, each.before?.calls ?? 0));
  const max = Math.max(...tallest, 1);
  const y = scaleLinear([0, max], [HEIGHT, 8]);
  const ticks = y.ticks(3).filter((tick) => tick > 0 && Number.isInteger(tick));
  const width = 100 / Math.max(periods.length, 1);
  const bar = (kind: string, place: number, at: readonly [from: number, width: number], from: number, to: number) => {
    if (to <= from) return undefined;
    const top = Math.min(y(to), y(from) - LEAST);
    return html`<rect class="${kind}" x="${percent((place + at[0]) * width)}" width="${percent(at[1] * width)}" y="${round(top)}" height="${round(y(from) - top)}"/>`;
  };
  return html`<svg class="bars" width="100%" height="${HEIGHT}" aria-hidden="true" focusable="false">
${ticks.map((tick) => html`<line class="grid" x1="0" x2="100%" y1="${round(y(tick))}" y2="${round(y(tick))}"/><text class="tick" x="-8" y="${round(y(tick) + 4)}" text-anchor="end">${formatCount(tick)}</text>`)}
${periods.map((period, place) => {
  // A command that was refused has no call.
  const { failed } = period;
  const all = Math.max(period.calls, failed);
  return html`<g${period.part === undefined ? undefined : html` class="part"`}>${bar('before', place, [0.1, 0.22], 0, period.before?.calls ?? 0)}${bar('calls', place, [0.34, 0.36], 0, all - failed)}${bar('failures', place, [0.34, 0.36], all - failed, all)}${bar('commits', place, [0.74, 0.16], 0, period.commits)}</g>`;
})}
<line class="base" x1="0" x2="100%" y1="${HEIGHT - 0.5}" y2="${HEIGHT - 0.5}"/>
</svg>`;
}

function percent(value: number): string {
  return `${Math.round(value * 1_000) / 1_000}%`;
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

/** Hours between the names of an axis of hours: so that midnight is among them. */
const HOUR_STEPS = [1, 2, 3, 6, 12, 24];

/** Returns names of at most eight periods, of days the last among them; every other one disappears on a narrow screen. */
function axis(periods: readonly Period[]): Html {
  const least = Math.max(1, Math.ceil(periods.length / 8));
  const step = (isHour(periods) ? HOUR_STEPS.find((hours) => hours >= least) : undefined) ?? least;
  const first = (isHour(periods) ? 24 - Number(periods[0]?.start.slice(11)) : periods.length - 1) % step;
  const named = periods.flatMap(({ start, part }, at) => (at % step === first ? [{ start, part, at }] : []));
  const centre = (at: number) => Math.round(((at + 0.5) / periods.length) * 10_000) / 100;
  return html`<svg class="axis" width="100%" height="36" aria-hidden="true" focusable="false">
${named.map(({ start, part, at }, place) => html`<g class="${(named.length - place) % 2 === 0 ? 'minor' : 'major'}"><text class="tick" x="${edge(centre(at))}%" y="16" text-anchor="${anchor(centre(at))}">${formatPeriod(start)}</text>${part === undefined || isHour(periods) ? undefined : html`<text class="tick" x="${edge(centre(at))}%" y="31" text-anchor="${anchor(centre(at))}">${part}</text>`}</g>`)}
</svg>`;
}

function isHour(periods: readonly Period[]): boolean {
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

function total(periods: readonly Period[]): string {
  const busiest = periods.reduce<Period | undefined>(
    (most, period) => (most === undefined || period.calls > most.calls ? period : most),
    undefined,
  );
  return busiest === undefined || busiest.calls === 0
    ? 'No calls in this time.'
    : `Busiest: ${formatPeriod(busiest.start)} with ${formatCount(busiest.calls)} calls.`;
}
