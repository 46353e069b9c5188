import { INVISIBLE_CHARACTERS } from '../../core/visible.ts';

/**
 * Returns the page of the comparison: one file, which loads nothing. It gets the arguments and the result of `diff_configs` from its
 * host by `postMessage`, and shows them as text, never as markup: what is in a config was written by others. Nothing in it is
 * invisible, and a letter that is taken for the one in its place is written out, as in the text of the result.
 */
export function diffPage(): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Comparison</title>
<style>${STYLE}</style>
<main>
<p id="summary" role="status">Waiting for the comparison …</p>
<div id="warnings"></div>
<div id="changes"></div>
<pre id="lines" hidden></pre>
<p id="approval" hidden><button id="publish" type="button">Approve and publish</button> <span id="said"></span></p>
</main>
<script>${SCRIPT}</script>
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
dl { margin: 0; border-top: 1px solid var(--line); }
dt { padding: 6px 0 0; color: var(--soft); overflow-wrap: anywhere; }
dd { margin: 0; padding: 0 0 6px; border-bottom: 1px solid var(--line); white-space: pre-wrap; overflow-wrap: anywhere; }
dt, dd, pre { font-family: var(--font-mono, ui-monospace, monospace); font-size: 0.93em; }
ins { display: block; color: var(--added); text-decoration: none; }
del { display: block; color: var(--removed); text-decoration: none; }
ins::before { content: '+ '; }
del::before { content: '- '; }
pre { margin: 8px 0 0; white-space: pre-wrap; overflow-wrap: anywhere; }
#approval { margin: 12px 0 0; }
.warning { color: var(--wary); }
button { font: inherit; padding: 5px 14px; }
`;

const SCRIPT = String.raw`
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
  const spell = (value) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));

  const changeParts = ({ op, path, before, after, words, extent }) => {
    const value = document.createElement('dd');
    if (extent !== undefined) value.append(part('span', extent));
    else if (words !== undefined) value.append(part('span', words));
    else {
      const [old, now] = apart(before === undefined ? 'removed' : spell(before), after === undefined ? 'added' : spell(after));
      if (op !== 'add') value.append(part('del', old));
      if (op !== 'remove') value.append(part('ins', now));
    }
    return [part('dt', path === '' ? 'the whole content' : path), value];
  };
  const changeList = (changes, omitted) => {
    const list = document.createElement('dl');
    list.append(...changes.flatMap(changeParts));
    if (omitted) list.append(part('dt', omitted + ' more changes are not shown'));
    return list;
  };
  const stepParts = (step) => {
    const heading = part('h2', 'Version ' + step.version + (step.message === '' ? '' : ': ' + step.message));
    const verdict = step.verified === 'ok' ? 'verified' : step.verified;
    const made = step.time + ', ' + step.action + ' by ' + step.author.name + ', ' + verdict;
    heading.append(document.createElement('br'), part('small', made));
    return [heading, changeList(step.changes, step.changes_omitted)];
  };

  const show = ({ structuredContent: result, isError }) => {
    if (!result) return;
    find('summary').textContent = result.summary + (isError && result.hint ? '. ' + result.hint : '');
    find('warnings').replaceChildren(...(result.warnings || []).map((text) => part('p', text, 'warning')));
    const body = result.steps
      ? result.steps.flatMap(stepParts)
      : result.changes && result.changes.length > 0
        ? [changeList(result.changes, result.changes_omitted)]
        : [];
    find('changes').replaceChildren(...body);
    find('lines').textContent = plain(result.unified || '');
    find('lines').hidden = !result.unified;
    // A person who saw exactly this content, and all of it, may say that it holds: its digest goes along.
    const isCut = result.changes_omitted || result.truncated || result.binary || (result.changes || []).some(({ cut }) => cut);
    find('publish').hidden = Boolean(isCut);
    find('said').textContent = isCut ? 'Not all of it is shown here: read the draft before it is published.' : '';
    find('approval').hidden = !mayCall || isError === true || asked.draft !== true || result.equal === true;
    find('publish').onclick = () => publish(result.to);
  };

  const publish = async ({ name, digest }) => {
    find('publish').disabled = true;
    try {
      const { structuredContent, isError } = await request('tools/call', {
        name: 'publish_drafts',
        arguments: { names: [name], expected: [{ name, digest }] },
      });
      find('said').textContent = structuredContent.summary + (isError ? '. ' + structuredContent.hint : '');
      find('publish').hidden = !isError;
      find('publish').disabled = false;
    } catch (error) {
      find('said').textContent = 'The host did not allow it: ' + error.message;
      find('publish').disabled = false;
    }
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
    'ui/notifications/tool-result': show,
    'ui/notifications/tool-cancelled': () => {
      find('summary').textContent = 'The comparison was cancelled.';
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
    appInfo: { name: 'mcp-config-store-diff', version: '1.0.0' },
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
