/** How an MCP client reaches a server. */
export type Transport = 'stdio' | 'http' | 'sse';

/** The capabilities of a client's file. */
export interface ClientRules {
  readonly transports: readonly Transport[];
  /** False where `${env:X}` and its like reach the server as literal text. */
  readonly expandsVariables: boolean;
  readonly maxServers?: number;
  readonly maxVariables?: number;
}

const ALL: readonly Transport[] = ['stdio', 'http', 'sse'];
const USUAL: ClientRules = { transports: ALL, expandsVariables: true };

const CLIENTS: ReadonlyMap<string, ClientRules> = new Map([
  ['claude-desktop', { transports: ['stdio'], expandsVariables: false }],
  ['claude-code', USUAL],
  ['cursor', { ...USUAL, maxServers: 20, maxVariables: 50 }],
  ['vscode', USUAL],
  ['copilot-cli', USUAL],
  ['jetbrains-copilot', USUAL],
  ['devin', USUAL],
  ['windsurf', USUAL],
  ['zed', { transports: ['stdio', 'http'], expandsVariables: true }],
  ['gemini-cli', USUAL],
  ['antigravity', USUAL],
  ['codex', { transports: ['stdio', 'http'], expandsVariables: false }],
  ['goose', { transports: ['stdio', 'http'], expandsVariables: true }],
  ['continue', USUAL],
  ['cline', USUAL],
  ['lm-studio', USUAL],
  ['opencode', USUAL],
  ['kiro', USUAL],
  ['amp', USUAL],
  ['crush', USUAL],
]);

/** The rules of a client by its name here (the first segment of a config's name); `undefined` for one not known. */
export function clientRules(client: string): ClientRules | undefined {
  return CLIENTS.get(client);
}
