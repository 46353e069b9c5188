import { thousands } from '../../core/thousands.ts';
import { spellLine } from '../../core/visible.ts';
import { ago, changeText, type SinceLastLook } from '../../telemetry/review/look-facts.ts';
import { guide } from './advice.ts';
import { cutToWidth, wrap } from './display-width.ts';
import type { Output } from './output.ts';

/** Changes that are shown; the page has more of them. */
const CHANGES = 5;

/** Renders what is new since the last look in five lines: when that was, changes, what needs a person, failures, care. */
export function renderSinceLastLook(lead: SinceLastLook, { colors, columns }: Output): string[] {
  const { lastLook, nowMs, store } = lead;
  const at = [store.store && `store ${store.store}`, store.host && `on ${store.host}`].filter(Boolean).join(' ');
  const head = lastLook === undefined ? 'First look' : `Since your last look, ${ago(lastLook, nowMs)}`;
  const row = (label: string, text: string, paint: (text: string) => string = String) => {
    const line = cutToWidth(`  ${label.padEnd(10)} ${spellLine(text)}`, columns);
    return `${line.slice(0, 13)}${paint(line.slice(13))}`;
  };
  const worst = lead.attention[0]?.severity;
  return [
    `${colors.bold(head)}${at === '' ? '' : colors.dim(cutToWidth(`  ${at}`, columns - head.length))}`,
    row('Changes', changesLine(lead)),
    row(
      'Attention',
      attentionLine(lead),
      worst === 'error' ? colors.red : worst === 'warning' ? colors.yellow : String,
    ),
    row('Failures', failuresLine(lead)),
    row('Care', careLine(lead)),
  ];
}

/** Renders what the five lines had no room for: each thing that needs a person, and the newest changes. */
export function renderLookBack({ attention, changes, nowMs }: SinceLastLook, { colors, columns }: Output): string[] {
  const items = attention.flatMap((item) => [
    ...wrap(spellLine(item.title), columns, '  ').map(item.severity === 'info' ? String : colors.yellow),
    ...(item.details ?? []).map((detail) => cutToWidth(`    ${spellLine(detail)}`, columns)),
    ...wrap(spellLine(guide(item)), columns, '    ').map(colors.dim),
  ]);
  const listed = (changes?.listed ?? []).slice(0, CHANGES);
  const lines = listed.flatMap((change) =>
    wrap(spellLine(`${changeText(change)}, ${ago(change.time, nowMs)}`), columns, '  '),
  );
  const left = (changes?.total ?? 0) - listed.length;
  return [
    ...(items.length === 0 ? [] : ['', colors.bold('Needs attention'), ...items]),
    ...(lines.length === 0 ? [] : ['', colors.bold('Changes'), ...lines]),
    ...(left > 0 ? [colors.dim(`  … and ${left} older`)] : []),
  ];
}

function changesLine({ changes, nowMs }: SinceLastLook): string {
  if (changes === undefined) return 'not known: the log cannot be read';
  const [newest] = changes.listed;
  if (newest === undefined) return 'none';
  const count = `${changes.total}${changes.isMore ? '+' : ''}${changes.configs > 1 ? ` in ${changes.configs} configs` : ''}`;
  return `${count}: ${changeText(newest)}, ${ago(newest.time, nowMs)}`;
}

function attentionLine({ attention }: SinceLastLook): string {
  if (attention.length === 0) return 'nothing that is known here';
  return `${attention.length}: ${attention.map(({ title }) => title).join('; ')}`;
}

function failuresLine({ facts: { codes, headline } }: SinceLastLook): string {
  const failed = codes.filter(({ hasCode }) => hasCode);
  const sum = failed.reduce((total, { count }) => total + count, 0);
  const calls = `${thousands(headline.calls)} ${headline.calls === 1 ? 'call' : 'calls'}`;
  if (sum === 0) return `none; ${calls}`;
  return `${thousands(sum)}: ${failed.map(({ code, count }) => `${code} ${count}`).join(', ')}; ${calls}`;
}

function careLine({ store: { store, verified, backup }, nowMs }: SinceLastLook): string {
  if (store === undefined) return 'no store is known here';
  // That no event tells of a backup does not mean that there is none.
  const saved = backup === undefined ? '' : `, backup ${ago(backup, nowMs)}`;
  return `${verified === undefined ? 'never verified as a whole here' : `verified ${ago(verified, nowMs)}`}${saved}`;
}
