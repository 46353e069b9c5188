import { shortId } from '../../core/short-id.ts';
import { ago, type LogChange, type LogChanges, type Phrase } from '../review/look-facts.ts';
import { breakable, formatCount, formatPeriod, formatTime } from './format.ts';
import { type Html, html } from './html.ts';

/** Changes that are shown at first; the rest is folded. */
const SHOWN = 12;

/** Returns the changes of the signed log, newest first, by day: who did what, in words. */
export function changesSection({ listed, total, isMore, newest }: LogChanges, proof: string, nowMs: number): Html {
  const heading = html`<h2 id="changes">Changes</h2>`;
  if (total === 0)
    return html`<section aria-labelledby="changes">${heading}<p class="empty">No config was changed in this time.</p>
${newest === undefined ? undefined : html`<p class="note">The newest change before it:</p>${days([newest], nowMs)}`}
</section>`;
  const folded = listed.slice(SHOWN);
  const left = total - listed.length;
  return html`<section class="long" aria-labelledby="changes">
${heading}
<p class="note">From the signed log, newest first. Names are what clients say of themselves. ${proof}</p>
${days(listed.slice(0, SHOWN), nowMs)}
${folded.length === 0 ? undefined : html`<details class="rest"><summary>${formatCount(folded.length)} more</summary>${days(folded, nowMs)}</details>`}
${left > 0 ? html`<p class="note">${formatCount(left)} older ones${isMore ? ', and more before those,' : ''} are in the log.</p>` : undefined}
</section>`;
}

function days(changes: readonly LogChange[], nowMs: number): Html[] {
  const byDay = Map.groupBy(changes, ({ time }) => time.slice(0, 10));
  return [...byDay].map(
    ([day, items]) =>
      html`<h3>${dayName(day, nowMs)}</h3><ul class="changes">${items.map((item) => change(item, nowMs))}</ul>`,
  );
}

/** `ada added server github to cursor/default, from Claude Desktop, 2 hours ago`, and below it how to find it in the log. */
function change(item: LogChange, nowMs: number): Html {
  const { who, did, from, time, message, index, commit, key, isVerified } = item;
  return html`<li id="commit-${index}"><p><b>${who}</b> ${phrase(did)}${from === undefined ? undefined : html`, from ${from}`}, <time datetime="${time}" title="${formatTime(time)} UTC">${ago(time, nowMs)}</time>${isVerified ? undefined : html` <span class="code error">not verified</span>`}</p>
<p class="sub">${message === '' ? undefined : html`“${message}” · `}${formatTime(time).slice(11, 16)} UTC · commit ${index} <code>${shortId(commit)}</code> · signed by ${key}</p></li>`;
}

function phrase(parts: Phrase): Html[] {
  return parts.map((part) => (typeof part === 'string' ? html`${part}` : html`<b>${breakable(part.name)}</b>`));
}

function dayName(day: string, nowMs: number): string {
  const days = Math.round((Date.parse(new Date(nowMs).toISOString().slice(0, 10)) - Date.parse(day)) / 86_400_000);
  const name = formatPeriod(day);
  return days === 0 ? `Today, ${name}` : days === 1 ? `Yesterday, ${name}` : name;
}
