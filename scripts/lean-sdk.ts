import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** The schemas of the protocol's messages, each a constant of its own at the top of a module. */
const SCHEMA = /^const (\w+) = ((?:z|\w+Schema)\.[\s\S]*?);\n(?=\n*[a-z/])/gm;
/** The lists of all schemas by name, for programs that check messages themselves. */
const REGISTRY = /^for \(const .*\) register\(key, .*\);\n/gm;
/** The function that makes the schemas of the 2025 era, all when the first message comes, and the one that puts them into maps. */
const ERA = /^function build\$1\(\) \{\n[\s\S]*?^\}\n/m;
const MAPS = /^function registryMaps\(\) \{\n[\s\S]*?^\}\n/m;
/** Marks the client's own copy of the schemas: what `probe` needs of them is no part of a server's start. */
const CLIENTS = '?client';
const ASKED = {};
const OTHERWISE = "the protocol's SDK is written otherwise than scripts/lean-sdk.ts knows: is it another version?";

/** This server asks its client for no input, so nothing is ever checked with what the SDK brings for that. */
const WITHOUT_AJV = `
export { default as process } from 'node:process';
export class DefaultJsonSchemaValidator {
  getValidator() {
    throw new Error('no validator of JSON Schema is in this bundle');
  }
}
`;

/**
 * Leaves out of the bundle what the protocol's SDK makes and this server never asks for: most of 1,800 schemas, which were
 * half of a start, and a validator of JSON Schema. Those that the SDK makes while it loads are marked as calls without an
 * effect, so that esbuild drops those that nothing refers to; those it makes at the first message are made one by one.
 *
 * @throws Error when the SDK is written otherwise than this knows
 */
export function leanSdk(): Plugin {
  return {
    name: 'lean-sdk',
    setup(setup) {
      setup.onResolve({ filter: /^@modelcontextprotocol\/server\/_shims$/ }, ({ path }) => ({
        path,
        namespace: 'lean-sdk',
      }));
      setup.onLoad({ filter: /.*/, namespace: 'lean-sdk' }, () => ({ contents: WITHOUT_AJV }));
      setup.onResolve(
        { filter: /^@modelcontextprotocol\/core\/internal$|^\.\/(?:schemas|auth)-.*\.mjs$/ },
        async ({ path, importer, kind, resolveDir, pluginData }) => {
          const isClients = pluginData === CLIENTS || /@modelcontextprotocol[\\/]client[\\/]/.test(importer);
          if (!isClients || pluginData === ASKED) return undefined;
          return { ...(await setup.resolve(path, { importer, kind, resolveDir, pluginData: ASKED })), suffix: CLIENTS };
        },
      );
      setup.onLoad({ filter: /@modelcontextprotocol[\\/]core[\\/]dist[\\/].*\.mjs$/ }, async ({ path, suffix }) => {
        const text = await readFile(path, 'utf8');
        const contents = /(?:schemas|auth)-/.test(path)
          ? replaced(text, SCHEMA, 'const $1 = /* @__PURE__ */ (() => $2)();\n')
          : text;
        return { contents, pluginData: suffix };
      });
      setup.onLoad(
        { filter: /@modelcontextprotocol[\\/](?:client|server)[\\/]dist[\\/]src-.*\.mjs$/ },
        async ({ path }) => {
          const text = replaced(await readFile(path, 'utf8'), REGISTRY, '');
          return { contents: replaced(replaced(text, ERA, onePerQuestion), MAPS, askedLater) };
        },
      );
    },
  };
}

/** Returns the function with each schema made when it is first asked for, together with those it refers to. */
function onePerQuestion(body: string): string {
  const made = /^\tconst (\w+Schema(?:\$\d)?) = ([\s\S]*?);\n(?=\n*\t[^\s)}\]])/gm;
  const names = [...body.matchAll(made)].map(([, name = '']) => name);
  if (names.length !== [...body.matchAll(/^\tconst \w+Schema/gm)].length) throw new Error(OTHERWISE);
  const lazy = body.replace(made, (_, name, value) => `\tlet ${name}_; const ${name} = () => ${name}_ ??= ${value};\n`);
  const asked = names.reduce(
    (text, name) =>
      text.replace(new RegExp(`(?<![\\w$.])${name.replace('$', '\\$')}(?![\\w$]|:| = )`, 'g'), () => `${name}()`),
    lazy,
  );
  const end = asked.lastIndexOf('\treturn {\n');
  const members = asked
    .slice(end)
    .replace(
      /^\t\t(\w+): ([\s\S]*?)(,?)\n(?=\t\t\w|\t\};)/gm,
      (_, name, value, comma) =>
        `\t\tget ${name}() { const value = ${value}; Object.defineProperty(this, '${name}', { value }); return value; }${comma}\n`,
    );
  return asked.slice(0, end) + members;
}

function askedLater(body: string): string {
  return body.replace(/^(\t+)("[\w/]+"|\w+): (s\.\w+)(,?)$/gm, '$1get $2() { return $3; }$4');
}

function replaced(text: string, what: RegExp, by: string | ((found: string) => string)): string {
  const lean = text.replace(what, by as string);
  if (lean === text) throw new Error(OTHERWISE);
  return lean;
}
