import { breakable } from './format.ts';
import { type Html, html } from './html.ts';

/** One thing to look at, in the words of the reader. */
export interface WordedItem {
  readonly severity: 'error' | 'warning' | 'info';
  readonly title: string;
  readonly details: readonly string[];
  /** The way on; may be empty. */
  readonly text: string;
}

const MARKS = { error: 'Trouble', warning: 'Look', info: 'Note' } as const;

/** Returns what a person should look at, the most urgent first. */
export function attentionSection(items: readonly WordedItem[]): Html {
  const heading = html`<h2 id="attention">Needs attention</h2>`;
  if (items.length === 0)
    return html`<section aria-labelledby="attention">${heading}<p class="empty">Nothing needs a person: no drift, no refused credential, no new program, nothing unverified or overdue that is known here.</p></section>`;
  return html`<section aria-labelledby="attention">
${heading}
<ul class="attention">${items.map(item)}</ul>
</section>`;
}

function item({ severity, title, details, text }: WordedItem): Html {
  return html`<li class="${severity}"><p><span class="code ${severity === 'error' ? 'error' : severity === 'warning' ? 'warn' : 'news'}">${MARKS[severity]}</span> <b>${title}</b></p>
${details.length === 0 ? undefined : html`<ul class="details">${details.map((each) => html`<li>${breakable(each)}</li>`)}</ul>`}
${text === '' ? undefined : html`<p class="sub">${text}</p>`}</li>`;
}
