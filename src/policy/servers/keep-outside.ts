import { parsePointer } from '../../core/json/pointer.ts';
import { clientOf, clientRules } from './mcp-clients.ts';

/** Where a credential stands: the config it is in, the place as findings name it, and the variable to keep it in. */
export interface KeptOutside {
  readonly configName: string;
  /** The document, where the content is one. */
  readonly content: unknown;
  readonly path: string;
  readonly variable: string;
}

const CANONICAL = `\${env:NAME}`;

/** Returns the sentence that says how the client of a config is given a credential that is not in its file. */
export function keepOutside({ configName, content, path, variable }: KeptOutside): string {
  const client = clientOf(configName, content);
  const rules = client === undefined ? undefined : clientRules(client);
  const variableForm = client === undefined ? CANONICAL : rules?.variable;
  const at = path === '' ? 'there' : `at ${placeText(path)}`;
  const member = memberFor(path, rules?.namesIn ?? {});
  if (member !== undefined)
    return `Take the value out ${at} and write the variable's name ${variable} into ${member}, where ${client} reads it from the environment`;
  if (variableForm === undefined)
    return `Put ${CANONICAL.replace('NAME', variable)} ${at}; ${client} replaces no variables itself, so the value belongs into its own file alone, outside the store`;
  return `Put ${variableForm.replace('NAME', variable)} ${at} and keep the value in that environment variable`;
}

/** A place as messages show it. */
export function placeText(path: string): string {
  return path === '' ? 'the whole content' : path.startsWith('/') ? `"${path}"` : path;
}

/** The member of a server that takes a variable's name for what stands at a place. */
function memberFor(
  path: string,
  { env, bearer, headers }: { readonly env?: string; readonly bearer?: string; readonly headers?: string },
): string | undefined {
  const names = (parsePointer(path) ?? []).map((name) => name.toLowerCase());
  if (names.some((name) => /^(?:env|envs|environment|args)$/.test(name))) return env;
  if (names.at(-1) === 'bearer_token' || names.at(-1) === 'authorization') return bearer;
  return names.some((name) => /headers$/.test(name)) ? headers : undefined;
}
