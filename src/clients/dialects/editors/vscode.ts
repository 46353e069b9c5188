import { ENV_REFERENCES, TYPED_HTTP, TYPED_SSE, TYPED_STDIO } from '../common-forms.ts';
import type { Dialect, FilePlace } from '../dialect.ts';

const editor = (name: string, below = 'User/mcp.json'): FilePlace => ({
  paths: { mac: [`AS/${name}/${below}`], linux: [`XDG/${name}/${below}`], windows: [`RO/${name}/${below}`] },
  note: below === 'User/mcp.json' ? name : `${name}, a profile`,
});

/** Visual Studio Code, its Insiders build and VSCodium, each with its profiles. */
export const vscode: Dialect = {
  client: 'vscode',
  title: 'Visual Studio Code',
  files: [
    editor('Code'),
    editor('Code', 'User/profiles/*/mcp.json'),
    editor('Code - Insiders'),
    editor('Code - Insiders', 'User/profiles/*/mcp.json'),
    editor('VSCodium'),
    editor('VSCodium', 'User/profiles/*/mcp.json'),
    { paths: ['~/.vscode-server/data/User/mcp.json'], note: 'the server of a remote window' },
  ],
  projectFiles: ['.vscode/mcp.json'],
  format: 'jsonc',
  section: ['servers'],
  stdio: { ...TYPED_STDIO, cwd: 'cwd' },
  http: TYPED_HTTP,
  sse: TYPED_SSE,
  variables: ENV_REFERENCES,
  questions: { section: 'inputs' },
  kept: ['envFile', 'dev', 'sandboxEnabled', 'oauth'],
  rewrites: true,
  desktop: true,
  reload: 'VS Code reads the file when it is saved, and asks for trust when a server changes.',
  quirks: [
    'References in headers are expanded, as its maintainers say; one open report says they are sent as text.',
    'The off switch of a server is not in the file.',
    'Servers refer to inputs, which VS Code asks a person for: they stay in the file, and are not stored.',
  ],
};
