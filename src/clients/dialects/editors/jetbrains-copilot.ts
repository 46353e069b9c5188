import { STDIO } from '../common-forms.ts';
import type { Dialect } from '../dialect.ts';

/** GitHub Copilot in the IDEs of JetBrains. */
export const jetbrainsCopilot: Dialect = {
  client: 'jetbrains-copilot',
  title: 'GitHub Copilot for JetBrains',
  files: [
    {
      paths: {
        mac: ['XDG/github-copilot/intellij/mcp.json', 'AS/github-copilot/intellij/mcp.json'],
        linux: ['XDG/github-copilot/intellij/mcp.json', '~/.local/share/github-copilot/intellij/mcp.json'],
        windows: ['LO/github-copilot/intellij/mcp.json'],
      },
    },
  ],
  projectFiles: [],
  format: 'json',
  section: ['servers'],
  stdio: STDIO,
  http: { url: ['url'], headers: ['requestInit.headers', 'headers'] },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the form that the file has.
  variables: { written: '${env:NAME}', where: ['env', 'headers', 'args'] },
  kept: [],
  desktop: true,
  reload: 'Restart the IDE.',
  quirks: ['Headers stand in requestInit; headers directly in the entry are read too.'],
};
