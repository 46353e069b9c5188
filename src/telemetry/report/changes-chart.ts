import { scaleLinear } from 'd3-scale';
import { shortId } from '../../core/short-id.ts';
import type { ConfigFacts } from '../review/review-facts.ts';
import { breakable, formatCount, formatTime } from './format.ts';
import { type Html, html } from './html.ts';

/** Returns the changes by config: how many commits touched each, and the newest of them. */
export function changesSection(configs: readonly ConfigFacts[], proof: string): Html {
  if (configs.length === 0)
    return html`<section aria-labelledby="changes"><h2 id="changes">Changes by config</h2><p class="empty">No config was changed in this time.</p></section>`;
  const x = scaleLinear([0, Math.max(...configs.map(({ commits }) => commits))], [0, 100]);
  return html`<section aria-labelledby="changes">
<h2 id="changes">Changes by config</h2>
<p class="note">${proof}</p>
<table class="ranked changes" role="table">
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Config</th><th scope="col" role="columnheader" class="number">Commits</th><th scope="col" role="columnheader" class="chart"><span class="unseen">Share</span></th><th scope="col" role="columnheader">Newest</th><th scope="col" role="columnheader">Commit</th><th scope="col" role="columnheader">Time (UTC)</th></tr></thead>
<tbody role="rowgroup">${configs.map(
    ({ name, commits, version, index, commit, time }) =>
      html`<tr role="row"><th scope="row" role="rowheader">${breakable(name)}</th><td role="cell" class="number" data-label="Commits">${formatCount(commits)}</td><td role="cell" class="chart"><svg width="100%" height="12" aria-hidden="true" focusable="false"><rect class="track" width="100%" height="12" rx="3"/><rect class="share" width="${Math.round(x(commits) * 100) / 100}%" height="12" rx="3"/></svg></td><td role="cell" class="short" data-label="Newest">version ${version}</td><td role="cell" data-label="Commit">${index} <code>${shortId(commit)}</code></td><td role="cell" class="short" data-label="Time">${formatTime(time)}</td></tr>`,
  )}</tbody>
</table>
</section>`;
}
