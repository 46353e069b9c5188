import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { StoreError } from '../../../core/errors.ts';
import { spellLine } from '../../../core/visible.ts';
import { addToCatalog, type CatalogEntry, searchCatalog, showCatalog } from '../../../verbs/catalog/catalog.ts';
import { MESSAGE } from '../../input/write-options.ts';
import type { Output } from '../../output/output.ts';
import { pairs, table } from '../../output/table.ts';
import type { CommandDefinition, CommandGroup } from '../../program/command.ts';

const add: CommandDefinition<{ files: string; name?: string; message?: string }> = {
  arguments: [{ syntax: '<files>', meaning: 'a server.json of the MCP registry', completes: 'files' }],
  options: [{ flags: '--name <name>', meaning: 'its name in the catalog; that of the file unless given' }, MESSAGE],
  examples: ['config-store catalog add examples/catalog/filesystem.json'],
  endsItself: true,
  run: async ({ context, output }, { files: file, name, message }) => {
    let bytes: Uint8Array;
    try {
      bytes = await readFile(file);
    } catch (cause) {
      throw unreadable(file, cause);
    }
    const id =
      name ??
      basename(file)
        .replace(/\.json$/i, '')
        .toLowerCase();
    const result = await addToCatalog(context, { id: id === 'server' ? undefined : id, bytes, message });
    await output.result(result, () => spellLine(result.summary));
    return undefined;
  },
};

function unreadable(file: string, cause: unknown): StoreError {
  return new StoreError('NOT_FOUND', `${file} cannot be read`, { hint: 'Name a file that is there.', cause });
}

const list: CommandDefinition = {
  examples: ['config-store catalog list'],
  run: async ({ context, output }) => show(await searchCatalog(context), output),
};

const search: CommandDefinition<{ word: string }> = {
  arguments: [{ syntax: '<word>', meaning: 'part of a name or a description' }],
  examples: ['config-store catalog search database'],
  run: async ({ context, output }, { word }) => show(await searchCatalog(context, word), output),
};

const showOne: CommandDefinition<{ name: string }> = {
  arguments: [{ syntax: '<name>', meaning: 'name in the catalog', completes: 'catalog' }],
  examples: ['config-store catalog show filesystem'],
  run: async ({ context, output }, { name }) => {
    const { ways, ...entry } = await showCatalog(context, name);
    const shown = ways.map(({ kind, transport, inputs }) => ({ kind, transport, inputs }));
    await output.result({ ...entry, ways: shown }, () => [
      ...pairs([
        ['name', entry.name],
        ['version', entry.version],
        ['description', entry.description],
      ]),
      ...shown.flatMap(({ kind, inputs }) => [
        `by ${kind}`,
        ...inputs.map(({ name: input, description, required, secret, fallback }) => {
          const flags = [
            required ? 'required' : '',
            secret ? 'secret' : '',
            fallback === undefined ? '' : `default ${fallback}`,
          ];
          return `  ${spellLine(input)}  ${spellLine(description)}  ${flags.filter(Boolean).join(', ')}`.trimEnd();
        }),
      ]),
    ]);
    return undefined;
  },
};

async function show(entries: readonly CatalogEntry[], output: Output): Promise<undefined> {
  const servers = entries.map(({ ways, ...entry }) => ({ ...entry, kinds: ways.map(({ kind }) => kind) }));
  await output.result({ servers }, () =>
    servers.length === 0
      ? ['no servers']
      : table(
          servers,
          [
            { heading: 'NAME', cell: ({ id }) => id, style: output.colors.bold },
            { heading: 'VERSION', cell: ({ version }) => version },
            { heading: 'BY', cell: ({ kinds }) => kinds.join(', ') },
            { heading: 'DESCRIPTION', cell: ({ description }) => description, maxChars: 44 },
          ],
          output,
        ),
  );
  return undefined;
}

/** `config-store catalog …`: servers that can be added to configs. */
export const catalog = {
  subcommands: {
    add: { summary: 'store a server.json of the MCP registry', load: async () => add },
    list: { summary: 'the servers of the catalog', load: async () => list },
    show: { summary: 'one server: how it runs, and what it needs', load: async () => showOne },
    search: { summary: 'servers by a word', load: async () => search },
  },
} as const satisfies CommandGroup;
