import { HTTP, STDIO } from '../common-forms.ts';
import type { Dialect } from '../dialect.ts';

/** Kiro: the app and its command line share one file. */
export const kiro: Dialect = {
  client: 'kiro',
  title: 'Kiro',
  files: [{ paths: ['~/.kiro/settings/mcp.json'] }],
  projectFiles: ['.kiro/settings/mcp.json'],
  format: 'json',
  section: ['mcpServers'],
  stdio: STDIO,
  http: HTTP,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the form that the file has.
  variables: { written: '${NAME}', where: ['env', 'headers'] },
  approvals: {
    path: '~/.kiro/settings/cli.json',
    member: 'kiroAgent.mcpApprovedEnvVars',
    inApp: 'Mcp Approved Env Vars',
  },
  off: { member: 'disabled', when: true },
  kept: ['disabled', 'autoApprove', 'disabledTools', 'oauth', 'oauthScopes'],
  desktop: true,
  reload: 'Kiro reads the file when it is saved.',
  quirks: [
    'Only variables on its approved list are expanded: Mcp Approved Env Vars in the app, kiroAgent.mcpApprovedEnvVars in ~/.kiro/settings/cli.json for the command line.',
    'Its command line before 2.4 wanted another syntax for variables in the same file.',
    'Addresses are https; http only for localhost.',
    'powers.mcpServers in the same file is its own.',
  ],
};
