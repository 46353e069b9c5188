import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Dialect, FilePlace, Paths, RemoteForm } from '../../src/clients/dialects/dialect.ts';
import { DIALECTS, WRITABLE } from '../../src/clients/dialects/index.ts';
import { CLIENTS_GUIDE } from './clients-guide.ts';

const DOCS = join(import.meta.dirname, '..', '..', 'docs', 'clients.md');

// `npx vitest run test/clients/clients-docs.test.ts -u` writes the file again.
it('docs/clients.md is what the dialects say', async () => {
  const rows = WRITABLE.map(
    ({ client, title, format, section, variables }) =>
      `| \`${client}\` | ${title} | ${format.toUpperCase()} | \`${section.join('.')}\` | ${variables === undefined ? 'none' : `\`${variables.written}\``} |`,
  );
  const text = `${CLIENTS_GUIDE}
## The clients

| name here | client | format | servers are in | variables |
|---|---|---|---|---|
${rows.join('\n')}

Looked at and never written: ${DIALECTS.filter(({ readOnly }) => readOnly !== undefined)
    .map(({ client, readOnly }) => `\`${client}\` (${readOnly})`)
    .join(', ')}.

In the paths below, \`~\` is the home folder, \`AS\` is \`~/Library/Application Support\`, \`XDG\` is \`$XDG_CONFIG_HOME\` or \`~/.config\`,
\`RO\` is \`%APPDATA%\` and \`LO\` is \`%LOCALAPPDATA%\`. The first path that exists is used; a variable that is set decides.

${DIALECTS.map(clientText).join('\n')}`;
  await expect(text).toMatchFileSnapshot(DOCS);
});

function clientText(dialect: Dialect): string {
  const { client, title, files, projectFiles, localSection, stdio, http, sse, kept, off, reload, quirks } = dialect;
  const command = stdio.command === 'list' ? '`command` (program and arguments)' : `\`${stdio.command}\`, \`args\``;
  const local = [
    command,
    `\`${stdio.env}\``,
    ...[stdio.envNames, stdio.cwd].flatMap((member) => (member ? [`\`${member}\``] : [])),
  ];
  return `### ${title} (\`${client}\`)

- Files: ${files.map(fileText).join('; ')}${projectFiles.length === 0 ? '' : `. In a project: ${code(projectFiles)}`}${localSection === undefined ? '' : `. For one project of yours: \`${localSection.join('.').replace('{project}', 'FOLDER')}\` in the user's file`}
- Local servers: ${stdio.type?.writes === undefined ? '' : `\`type: ${stdio.type.writes}\`, `}${local.join(', ')}
- Remote servers: ${[remoteText('HTTP', http), remoteText('SSE', sse)].filter(Boolean).join('; ') || 'none in the file'}
${kept.length === 0 ? '' : `- Yours, and never changed: ${code(kept)}${off === undefined ? '' : `; off is \`${off.member}: ${off.when}\``}\n`}- After a change: ${reload}
${quirks.map((quirk) => `- ${quirk}\n`).join('')}`;
}

function fileText({ paths, note }: FilePlace): string {
  return `${pathsText(paths)}${note === undefined ? '' : ` (${note})`}`;
}

function pathsText(paths: Paths): string {
  if (!('linux' in paths)) return code(paths, ' or ');
  return `Linux ${code(paths.linux, ' or ')}, macOS ${code(paths.mac, ' or ')}, Windows ${code(paths.windows, ' or ')}`;
}

function remoteText(name: string, form: RemoteForm | undefined): string {
  if (form === undefined) return '';
  const type = form.type?.writes === undefined ? '' : `\`type: ${form.type.writes}\`, `;
  const names = [form.bearerName, form.headerNames, form.variableNames].flatMap((member) => (member ? [member] : []));
  return `${name}: ${type}${code([form.url[0], form.headers[0], ...names])}`;
}

function code(texts: readonly string[], separator = ', '): string {
  return texts.map((text) => `\`${text}\``).join(separator);
}
