import { isObject } from '../../core/json/is-object.ts';
import { reference } from '../canonical/references.ts';
import { type CanonicalServer, remoteServer, stdioServer } from '../canonical/server.ts';

/** A value that a person gives when a server is added: a folder, an account, an address. */
export interface CatalogInput {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  /** Kept in a variable, and never in a config. */
  readonly secret: boolean;
  readonly fallback: string | undefined;
}

/** One server of the catalog, read from a `server.json` of the MCP registry. */
export interface CatalogServer {
  readonly name: string;
  readonly description: string;
  readonly version: string;
  /** Ways to run or reach it, best first. */
  readonly ways: readonly CatalogWay[];
}

/** One way to run or reach a server. */
export interface CatalogWay {
  /** `npm`, `pypi`, `oci`, or a remote transport. */
  readonly kind: string;
  readonly transport: CanonicalServer['type'];
  readonly inputs: readonly CatalogInput[];
  /** Returns the entry, from values by name; what is missing is named instead. */
  readonly entry: (
    values: Readonly<Record<string, string>>,
  ) => CanonicalServer | { readonly missing: readonly string[] };
}

type Members = Readonly<Record<string, unknown>>;

/** Programs that run packages, by the kind of registry; each pins the version. */
const RUNNERS: Readonly<Record<string, (identifier: string, version: string) => readonly [string, ...string[]]>> = {
  npm: (identifier, version) => ['npx', '-y', `${identifier}@${version}`],
  pypi: (identifier, version) => ['uvx', `${identifier}==${version}`],
  oci: (identifier) => ['docker', 'run', '-i', '--rm', identifier],
};

/** Reads a registry document; a text says why it is none. */
export function readCatalogDocument(value: unknown): CatalogServer | string {
  if (!isObject(value) || typeof value['name'] !== 'string') return 'it has no name';
  const { name, description, version } = value;
  const ways = [...list(value['packages']).flatMap(packageWay), ...list(value['remotes']).flatMap(remoteWay)];
  if (ways.length === 0) return 'it has no package that can be run, and no remote address';
  return { name, description: text(description) ?? '', version: text(version) ?? '', ways };
}

function packageWay(entry: Members): CatalogWay[] {
  const { registryType, identifier, version } = entry;
  const runner = RUNNERS[String(registryType)];
  if (runner === undefined || typeof identifier !== 'string' || typeof version !== 'string') return [];
  const runtime = list(entry['runtimeArguments']);
  const own = list(entry['packageArguments']);
  const variables = list(entry['environmentVariables']);
  const inputs = [
    ...[...runtime, ...own].flatMap(argumentInput),
    ...variables.map((variable) => inputOf(variable, text(variable['name']) ?? '')),
  ];
  return [
    {
      kind: String(registryType),
      transport: 'stdio',
      inputs,
      entry: (values) => {
        const missing = inputs
          .filter((input) => valueFor(input, values) === undefined && input.required)
          .map(({ name }) => name);
        if (missing.length > 0) return { missing };
        const [command, ...first] = runner(identifier, version);
        const args = (all: readonly Members[]) => all.flatMap((argument) => argumentTexts(argument, values));
        const rest =
          registryType === 'oci'
            ? [...first.slice(0, -1), ...args(runtime), ...passed(variables), identifier]
            : [...args(runtime), ...first];
        const env = variables.flatMap((variable) => {
          const input = inputOf(variable, text(variable['name']) ?? '');
          const value = valueFor(input, values);
          return value === undefined ? [] : [[input.name, value] as const];
        });
        return stdioServer(command, [...rest, ...args(own)], Object.fromEntries(env));
      },
    },
  ];
}

/** A container sees only the variables that it is given by name. */
function passed(variables: readonly Members[]): string[] {
  return variables.flatMap(({ name }) => (typeof name === 'string' ? ['-e', name] : []));
}

function remoteWay(entry: Members): CatalogWay[] {
  const { type, url } = entry;
  if ((type !== 'streamable-http' && type !== 'sse') || typeof url !== 'string') return [];
  const headers = list(entry['headers']);
  const places = [...url.matchAll(/\{(\w+)\}/g)].map((found) => found[1] as string);
  const variables = isObject(entry['variables']) ? entry['variables'] : {};
  const inputs = [
    ...places.map((name) => inputOf(isObject(variables[name]) ? variables[name] : { isRequired: true }, name)),
    ...headers.map((header) => inputOf(header, text(header['name']) ?? '')),
  ];
  return [
    {
      kind: type,
      transport: type,
      inputs,
      entry: (values) => {
        const missing = inputs
          .filter((input) => input.required && valueFor(input, values) === undefined)
          .map(({ name }) => name);
        if (missing.length > 0) return { missing };
        const address = url.replace(/\{(\w+)\}/g, (_, name: string) => {
          const input = inputs.find((candidate) => candidate.name === name);
          return (input && valueFor(input, values)) ?? '';
        });
        const given = headers.flatMap((header) => {
          const input = inputOf(header, text(header['name']) ?? '');
          const value = valueFor(input, values);
          const form = text(header['value']);
          return value === undefined ? [] : [[input.name, form?.replace(/\{\w+\}/, value) ?? value] as const];
        });
        return remoteServer(type, address, Object.fromEntries(given));
      },
    },
  ];
}

function argumentInput(argument: Members): CatalogInput[] {
  if (typeof argument['value'] === 'string') return [];
  return [inputOf(argument, text(argument['valueHint']) ?? text(argument['name'])?.replace(/^-+/, '') ?? 'value')];
}

function argumentTexts(argument: Members, values: Readonly<Record<string, string>>): string[] {
  const fixed = text(argument['value']);
  const [input] = argumentInput(argument);
  const value = fixed ?? (input && valueFor(input, values));
  if (value === undefined) return [];
  const name = argument['type'] === 'named' ? text(argument['name']) : undefined;
  return name === undefined ? [value] : [name, value];
}

function inputOf(entry: Members, name: string): CatalogInput {
  return {
    name,
    description: text(entry['description']) ?? '',
    required: entry['isRequired'] === true,
    secret: entry['isSecret'] === true,
    fallback: text(entry['value']) ?? text(entry['default']),
  };
}

/** A secret is always a reference; anything else is what was given, or its default. */
function valueFor(
  { name, secret, fallback, required }: CatalogInput,
  values: Readonly<Record<string, string>>,
): string | undefined {
  if (secret) return required || values[name] !== undefined ? reference(variableName(values[name] ?? name)) : undefined;
  return values[name] ?? fallback;
}

function variableName(name: string): string {
  return name.replace(/\W+/g, '_').toUpperCase();
}

function list(value: unknown): Members[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
