import { INVISIBLE_CHARACTERS } from '../../core/visible.ts';

/** The parts of one page besides the bridge to its host. */
export interface PageParts {
  readonly title: string;
  /** The name it gives itself to the host. */
  readonly app: string;
  /** Elements after the summary and the warnings. */
  readonly body: string;
  readonly style: string;
  /** Defines `show(result)`, for the structured content of a call; `find`, `part`, `plain`, `apart`, `request`, `asked` and `mayCall` are there. */
  readonly script: string;
}

/**
 * Returns a page for a host of MCP Apps: one file, which loads nothing. It gets the arguments and the result of a tool from its
 * host by `postMessage`, and shows them as text, never as markup: names and contents were written by others. Nothing in it is
 * invisible, and a letter that is taken for the one in its place is written out, as in the text of the result.
 */
export function appPage({ title, app, body, style, script }: PageParts): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${title}</title>
<style>${STYLE}${style}</style>
<main>
<p id="summary" role="status">Waiting for the result …</p>
<div id="warnings"></div>
${body}
</main>
<script>${BEFORE}${script}${after(app)}</script>
</html>
`;
}

const STYLE = `
:root { color-scheme: light dark; }
:root {
  --ink: var(--color-text-primary, light-dark(#18202b, #e7ebf0));
  --soft: var(--color-text-secondary, light-dark(#566172, #9aa6b5));
  --line: var(--color-border-primary, light-dark(#e2e6eb, #2a323d));
  --added: var(--color-text-success, light-dark(#1c6b3c, #71d694));
  --removed: var(--color-text-danger, light-dark(#b42318, #ff8a80));
  --wary: var(--color-text-warning, light-dark(#8f4a00, #ffb868));
}
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); font: 14px/1.45 var(--font-sans, system-ui, sans-serif); }
main { padding: 12px; }
p { margin: 0 0 8px; }
h2 { margin: 14px 0 4px; font-size: 1em; }
h2 small { color: var(--soft); font-weight: normal; }
.warning { color: var(--wary); }
`;

const BEFORE = String.raw`
'use strict';
(() => {
  const find = (id) => document.getElementById(id);
  const waiting = new Map();
  let asked = {};
  let mayCall = false;
  let lastId = 0;

  // Only the host is listened to, and it alone is spoken to: which origin it has, a page in a sandbox cannot know.
  const send = (message) => parent.postMessage({ jsonrpc: '2.0', ...message }, '*');
  const request = (method, params) =>
    new Promise((resolve, reject) => {
      lastId += 1;
      waiting.set(lastId, { resolve, reject });
      send({ id: lastId, method, params });
    });

  const hex = (character) => '\\u{' + character.codePointAt(0).toString(16) + '}';
  const INVISIBLE = new RegExp(${JSON.stringify(INVISIBLE_CHARACTERS)}, 'gu');
  const plain = (text) => text.replace(INVISIBLE, hex);
  const foreign = (text) => text.replace(/\P{ASCII}/gu, hex);
  const isLatin = (character) => /^[\p{ASCII}\p{Script=Latin}]$/u.test(character);
  const isAlike = (a, b) => a === b || isLatin(a) !== isLatin(b) || /^(?:\p{Script=Greek}\p{Script=Cyrillic}|\p{Script=Cyrillic}\p{Script=Greek})$/u.test(a + b);
  const apart = (before, after) => {
    const [a, b] = [plain(before), plain(after)];
    const [left, right] = [[...a], [...b]];
    const areAlike = left.length === right.length && left.every((character, at) => isAlike(character, right[at]));
    return areAlike || a.normalize('NFKC') === b.normalize('NFKC') ? [foreign(a), foreign(b)] : [a, b];
  };

  const part = (kind, text, className) => {
    const element = document.createElement(kind);
    element.textContent = plain(text);
    if (className) element.className = className;
    return element;
  };
`;

/** The rest of the script: what comes from the host. */
const after = (app: string) => `
  const present = ({ structuredContent: result, isError }) => {
    if (!result) return;
    find('summary').textContent = result.summary + (isError && result.hint ? '. ' + result.hint : '');
    find('warnings').replaceChildren(...(result.warnings || []).map((text) => part('p', text, 'warning')));
    show(result, isError === true);
  };

  const dress = ({ theme, styles }) => {
    if (theme) document.documentElement.style.colorScheme = theme;
    for (const [name, value] of Object.entries((styles && styles.variables) || {}))
      if (value !== undefined && name.startsWith('--')) document.documentElement.style.setProperty(name, value);
  };

  const heard = {
    'ui/notifications/tool-input': (params) => {
      asked = params.arguments || {};
    },
    'ui/notifications/tool-result': present,
    'ui/notifications/tool-cancelled': () => {
      find('summary').textContent = 'The call was cancelled.';
    },
    'ui/notifications/host-context-changed': dress,
  };

  addEventListener('message', ({ source, data }) => {
    if (source !== parent || !data || data.jsonrpc !== '2.0') return;
    if (data.method === undefined) {
      const answer = waiting.get(data.id);
      waiting.delete(data.id);
      if (answer && data.error) answer.reject(new Error(data.error.message));
      else if (answer) answer.resolve(data.result);
    } else if (data.id !== undefined) {
      const known = data.method === 'ui/resource-teardown' || data.method === 'ping';
      send({ id: data.id, ...(known ? { result: {} } : { error: { code: -32601, message: 'Method not found' } }) });
    } else if (Object.hasOwn(heard, data.method)) heard[data.method](data.params || {});
  });

  request('ui/initialize', {
    protocolVersion: '2026-01-26',
    appInfo: { name: '${app}', version: '1.0.0' },
    appCapabilities: { availableDisplayModes: ['inline', 'fullscreen'] },
  }).then(({ hostContext, hostCapabilities }) => {
    dress(hostContext || {});
    mayCall = Boolean(hostCapabilities && hostCapabilities.serverTools);
    send({ method: 'ui/notifications/initialized', params: {} });
    new ResizeObserver(() => {
      const { width, height } = document.documentElement.getBoundingClientRect();
      send({ method: 'ui/notifications/size-changed', params: { width: Math.ceil(width), height: Math.ceil(height) } });
    }).observe(document.documentElement);
  });
})();
`;
