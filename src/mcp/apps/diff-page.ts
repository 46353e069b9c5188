import { appPage } from './app-page.ts';

/** Returns the page of a comparison: it shows what `diff_configs` found, and takes the person's word on a draft. */
export function diffPage(): string {
  return appPage({ title: 'Comparison', app: 'mcp-config-store-diff', body: BODY, style: STYLE, script: SCRIPT });
}

const BODY = `<div id="changes"></div>
<pre id="lines" hidden></pre>
<p id="approval" hidden><button id="publish" type="button">Approve and publish</button> <span id="said"></span></p>`;

const STYLE = `
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
button { font: inherit; padding: 5px 14px; }
`;

const SCRIPT = `
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

  const show = (result, isError) => {
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
    find('approval').hidden = !mayCall || isError || asked.draft !== true || result.equal === true;
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
`;
