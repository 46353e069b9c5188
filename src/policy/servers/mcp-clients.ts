// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the forms that files have.
import { isObject } from '../../core/json/is-object.ts';

/** How an MCP client reaches a server. */
export type Transport = 'stdio' | 'http' | 'sse';

/** The capabilities of a client's file. */
export interface ClientRules {
  readonly transports: readonly Transport[];
  /** How its file refers to an environment variable, with NAME for the name; absent where it has no syntax for that. */
  readonly variable?: string;
  /** Members that take the names of variables instead of values: for variables, for the bearer token, for other headers. */
  readonly namesIn?: { readonly env?: string; readonly bearer?: string; readonly headers?: string };
  /** Names of servers that the client keeps for itself. */
  readonly reserved?: readonly string[];
  /** True where a shell expands all values. */
  readonly shell?: true;
  /** True where only variables that a person approved are expanded. */
  readonly approves?: true;
  /** True where an address must be https, except on this machine. */
  readonly httpsOnly?: true;
  readonly maxServers?: number;
  readonly maxVariables?: number;
}

const ALL: readonly Transport[] = ['stdio', 'http', 'sse'];
const ENV = '${env:NAME}';
const SHELL = '${NAME}';

/** From the documentation of each client; where a vendor is silent, from its issue tracker. */
const CLIENTS: ReadonlyMap<string, ClientRules> = new Map([
  ['claude-desktop', { transports: ['stdio'] }],
  ['claude-code', { transports: ALL, variable: SHELL, reserved: ['workspace', 'claude-in-chrome', 'computer-use'] }],
  ['cursor', { transports: ALL, variable: ENV, maxServers: 20, maxVariables: 50 }],
  ['vscode', { transports: ALL, variable: ENV }],
  ['copilot-cli', { transports: ALL, variable: SHELL }],
  ['jetbrains-copilot', { transports: ALL, variable: ENV }],
  ['devin', { transports: ALL }],
  ['windsurf', { transports: ALL, variable: ENV }],
  ['zed', { transports: ['stdio', 'http'] }],
  ['gemini-cli', { transports: ALL, variable: SHELL }],
  ['qwen-code', { transports: ALL, variable: SHELL }],
  ['antigravity', { transports: ALL }],
  [
    'codex',
    {
      transports: ['stdio', 'http'],
      namesIn: { env: 'env_vars', bearer: 'bearer_token_env_var', headers: 'env_http_headers' },
    },
  ],
  ['goose', { transports: ['stdio', 'http'], variable: SHELL, namesIn: { env: 'env_keys' } }],
  ['continue', { transports: ALL, variable: '${{ secrets.NAME }}' }],
  ['cline', { transports: ALL, variable: ENV }],
  ['roo', { transports: ALL, variable: ENV }],
  ['lm-studio', { transports: ALL }],
  ['opencode', { transports: ALL, variable: '{env:NAME}' }],
  ['kilo', { transports: ALL, variable: '{env:NAME}' }],
  ['kiro', { transports: ALL, variable: SHELL, httpsOnly: true, approves: true }],
  ['amp', { transports: ALL, variable: SHELL }],
  ['crush', { transports: ALL, variable: '$NAME', shell: true }],
  ['warp', { transports: ALL }],
  ['junie', { transports: ALL }],
  ['trae', { transports: ALL }],
] satisfies Array<[string, ClientRules]>);

/** Other names that people give these clients. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['claude', 'claude-code'],
  ['claudecode', 'claude-code'],
  ['claude-ai', 'claude-desktop'],
  ['claudedesktop', 'claude-desktop'],
  ['code', 'vscode'],
  ['vs-code', 'vscode'],
  ['visual-studio-code', 'vscode'],
  ['copilot', 'copilot-cli'],
  ['gemini', 'gemini-cli'],
  ['qwen', 'qwen-code'],
  ['lmstudio', 'lm-studio'],
  ['kilocode', 'kilo'],
  ['roo-code', 'roo'],
  ['roocode', 'roo'],
]);

/** The rules of a client by its name here (the first segment of a config's name); `undefined` for one not known. */
export function clientRules(client: string): ClientRules | undefined {
  return CLIENTS.get(client);
}

/** The client that a config is for: by the first part of its name that is one, else by a member that only one client has. */
export function clientOf(configName: string, content: unknown): string | undefined {
  for (const part of configName.split('/')) {
    const client = ALIASES.get(part) ?? part;
    if (CLIENTS.has(client)) return client;
  }
  if (!isObject(content)) return undefined;
  const has = (member: string) => Object.hasOwn(content, member);
  if (has('mcp_servers')) return 'codex';
  if (has('context_servers')) return 'zed';
  if (has('amp.mcpServers')) return 'amp';
  if (has('servers') && has('inputs')) return 'vscode';
  if (Array.isArray(content['mcpServers'])) return 'continue';
  if (isObject(content['extensions']) && Object.values(content['extensions']).some(isGooseEntry)) return 'goose';
  const isMcp = isObject(content['mcp']) && Object.values(content['mcp']).some(isOpencodeEntry);
  return isMcp || /opencode\.ai/.test(String(content['$schema'])) ? 'opencode' : undefined;
}

function isGooseEntry(entry: unknown): boolean {
  return isObject(entry) && ['cmd', 'envs', 'env_keys'].some((member) => Object.hasOwn(entry, member));
}

function isOpencodeEntry(entry: unknown): boolean {
  return (
    isObject(entry) && (entry['type'] === 'local' || entry['type'] === 'remote' || Object.hasOwn(entry, 'environment'))
  );
}
