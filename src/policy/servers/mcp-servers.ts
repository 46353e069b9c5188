import { showPointer } from '../../core/json/pointer.ts';
import type { PolicyFinding } from '../finding.ts';
import { dockerFindings } from './docker-run.ts';
import { type ClientRules, clientRules } from './mcp-clients.ts';
import { packageFinding, pathFindings, type ServerFindingOptions } from './mcp-programs.ts';
import { readServers, type ServerEntry } from './server-entries.ts';

/**
 * Findings on the MCP servers of a client's file, in whichever member the client keeps them; none for content that is no such
 * file. The client is the first segment of the config's name (`cursor/default`). `previous` is the version that was deployed, or the newest.
 */
export function mcpServerFindings(
  configName: string,
  value: object,
  previous: unknown,
  options: ServerFindingOptions = {},
): { errors: PolicyFinding[]; warnings: PolicyFinding[] } {
  const errors: PolicyFinding[] = [];
  const warnings: PolicyFinding[] = [];
  const table = readServers(value);
  if (table === undefined) return { errors, warnings };
  const client = configName.split('/', 1)[0] as string;
  const rules = clientRules(client);
  const at = showPointer([table.member]);
  const error = (code: string, path: string, message: string) => errors.push({ code, path, message });
  const warn = (code: string, path: string, message: string) => warnings.push({ code, path, message });

  if (rules === undefined)
    warn('UNKNOWN_CLIENT', '', `the name does not begin with an MCP client known here, so its limits were not checked`);
  if (table.servers.length === 0) error('EMPTY_CONFIG', at, `"${table.member}" names no server`);
  if (rules?.maxServers !== undefined && table.servers.length > rules.maxServers) {
    warn('TOO_MANY_SERVERS', at, `${table.servers.length} servers, and ${client} is said to take ${rules.maxServers}`);
  }
  const before = new Map((readServers(previous)?.servers ?? []).map((server) => [server.name, server]));
  for (const server of table.servers) {
    entryFindings(server, error);
    const transport = server.transport;
    if (rules !== undefined && transport !== undefined && !rules.transports.includes(transport)) {
      error(
        'UNSUPPORTED_TRANSPORT',
        server.path,
        `${client} cannot hold a server over ${transport}; it takes ${rules.transports.join(', ')}`,
      );
    }
    if (rules?.maxVariables !== undefined && server.env.length > rules.maxVariables) {
      warn(
        'TOO_MANY_ENV_VARS',
        server.envPath,
        `${server.env.length} variables, and ${client} is said to take ${rules.maxVariables}`,
      );
    }
    for (const { path, text } of server.texts) {
      if (/(?<![${\w])\{[A-Za-z_]\w*\}(?!\})/.test(text))
        error(
          'UNRESOLVED_PLACEHOLDER',
          path,
          'a placeholder in braces is left unresolved; the server would get it as it stands',
        );
      if (rules !== undefined && rules.variable === undefined && /\$\{[^}]+\}/.test(text))
        warn(
          'VARIABLE_NOT_EXPANDED',
          path,
          `${client} does not expand variables; the server would get this text as it stands; put the value into the client's own file`,
        );
    }
    for (const finding of clientFindings(server, client, rules)) warnings.push(finding);
    for (const { path, text } of server.env) if (text === '') warn('EMPTY_ENV_VAR', path, 'the variable is empty');
    for (const finding of dockerFindings(server)) warnings.push(finding);
    const unpinned = packageFinding(server);
    if (unpinned !== undefined) warnings.push(unpinned);
    for (const finding of pathFindings(server, options)) warnings.push(finding);
    const old = before.get(server.name);
    if (old !== undefined && program(old) !== program(server))
      warn(
        'PROGRAM_CHANGED',
        server.path,
        'same name, different program than before: the approval of this name was for another program',
      );
  }
  return { errors, warnings };
}

/** Peculiarities of one client. */
function* clientFindings(
  server: ServerEntry,
  client: string,
  rules: ClientRules | undefined,
): Generator<PolicyFinding> {
  if (rules?.reserved?.includes(server.name))
    yield { code: 'RESERVED_NAME', path: server.path, message: `${client} keeps this name for itself` };
  for (const { path, text } of rules?.shell === true ? server.texts : [])
    if (/\$(?!\{?(?:env:)?\w)/.test(text))
      yield {
        code: 'SHELL_EXPANSION',
        path,
        message: `a shell of ${client} expands this value: escape the $, or leave it out`,
      };
  for (const { path, text } of rules?.approves === true ? server.texts : [])
    if (/\$\{(?:env:)?\w+\}/.test(text))
      yield {
        code: 'VARIABLE_APPROVAL',
        path,
        message: `${client} expands only variables on its approved list: see that this one is on it`,
      };
  if (rules?.httpsOnly && /^http:\/\/(?!(?:localhost|127\.0\.0\.1|\[::1\])(?:[:/]|$))/i.test(server.url ?? ''))
    yield { code: 'PLAIN_HTTP', path: server.urlPath, message: `${client} takes http only for this machine` };
}

function entryFindings(server: ServerEntry, error: (code: string, path: string, message: string) => void): void {
  if (server.transport === 'stdio' && server.command === undefined)
    error('MISSING_COMMAND', server.path, 'the server has neither a command nor a URL');
  if (server.command !== undefined && server.url !== undefined)
    error('COMMAND_AND_URL', server.path, 'the server has a command and a URL: it can be one of them only');
  if (!server.argsValid) error('INVALID_ARGS_TYPE', server.argsPath, 'the arguments are not a list of strings');
  if (!server.envValid) error('INVALID_ENV_TYPE', server.envPath, 'the variables are not a map of names to strings');
}

/** Returns the program that runs: for `docker run` and package runners the image or package matters, so the arguments belong to it. */
function program(server: ServerEntry): string {
  return JSON.stringify([server.command ?? null, server.url ?? null, server.args]);
}
