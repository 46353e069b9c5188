import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromClient } from '../../src/clients/canonical/from-client.ts';
import { mergeFields, saysTheSame } from '../../src/clients/canonical/merge-fields.ts';
import type { CanonicalServer } from '../../src/clients/canonical/server.ts';
import { entryOf, toClient } from '../../src/clients/canonical/to-client.ts';
import { type Dialect, WRITABLE } from '../../src/clients/dialects/index.ts';
import { type EntryChange, editEntries } from '../../src/clients/formats/edit-entries.ts';
import { readClientFile } from '../../src/clients/section-place.ts';
import { LAYOUTS, livedIn } from './lived-in.ts';

const RUNS = process.env['SLOW'] === '1' ? 2_000 : 200;
const FILE = 'the file';
const GITHUB: CanonicalServer = {
  type: 'stdio',
  command: 'npx',
  args: ['-y', '@x/github@1.2.3', '--root', 'C:\\Users\\new', '"quoted"'],
};
const DOCS: CanonicalServer = { type: 'streamable-http', url: 'https://docs.example.com/mcp' };

const entry = (dialect: Dialect, name: string, server: CanonicalServer) =>
  entryOf(toClient(dialect, name, server).fields ?? []);

async function edited(dialect: Dialect, text: string, changes: readonly EntryChange[]): Promise<string> {
  const { client, section } = await readClientFile(dialect, text, FILE);
  return editEntries(client, section, changes);
}

/** The lines of a text, each of which has to be found again; a comma may be put behind the last one of a list. */
function pieces(text: string): string[] {
  return text
    .split(/\r?\n|,?\s*(?=\/\/ |\/\*)/)
    .map((line) => line.replace(/,?\s*$/, ''))
    .filter((line) => line.trim() !== '' && !/^[\s{}[\],]*$/.test(line));
}

/** The first piece of `before` that is not in `after`, in order. */
function lost(before: string, after: string): string | undefined {
  let at = 0;
  for (const piece of pieces(before)) {
    const found = after.indexOf(piece, at);
    if (found === -1) return piece;
    at = found + piece.length;
  }
  return undefined;
}

describe.each(WRITABLE.map((dialect) => [dialect.client, dialect] as const))('%s', (_, dialect) => {
  describe.each(Object.entries(LAYOUTS))('a file with %s', (_layout, layout) => {
    // YAML knows no tabs as indentation, so its printer indents with spaces.
    const text = livedIn(dialect, layout);

    it('is a lived-in one, and importing it and deploying that changes no byte', async () => {
      expect(text.length).toBeGreaterThan(3_000);
      const { client, section } = await readClientFile(dialect, text, FILE);
      const changes: EntryChange[] = [];
      for (const { name, value } of section.entries.values()) {
        const { server } = fromClient(dialect, value);
        expect(server, name).toBeDefined();
        if (server === undefined) continue;
        expect(saysTheSame(dialect, value, server)).toBe(true);
        const { fields } = toClient(dialect, name, server);
        changes.push({ op: 'change', name, value: mergeFields(dialect, value, fields ?? []) });
      }
      expect(changes.length).toBeGreaterThanOrEqual(3);
      expect(await editEntries(client, section, changes)).toBe(text);
    });

    it('keeps every other byte when an entry comes, changes and goes', async () => {
      const added = await edited(dialect, text, [
        { op: 'add', name: 'new-one', value: entry(dialect, 'new-one', GITHUB) },
      ]);
      expect(lost(text, added)).toBeUndefined();
      const { section } = await readClientFile(dialect, added, FILE);
      expect(section.entries.get('new-one')?.value).toEqual(entry(dialect, 'new-one', GITHUB));
      const value = mergeFields(
        dialect,
        section.entries.get('new-one')?.value ?? {},
        toClient(dialect, 'new-one', { ...GITHUB, args: ['b'] } as CanonicalServer).fields ?? [],
      );
      const changed = await edited(dialect, added, [{ op: 'change', name: 'new-one', value }]);
      expect(lost(text, changed)).toBeUndefined();
      const gone = await edited(dialect, changed, [{ op: 'remove', name: 'new-one' }]);
      expect(lost(text, gone)).toBeUndefined();
      expect(lost(gone, text)).toBeUndefined();
      if (layout.eol === '\r\n') expect(added.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    });
  });

  it.each(['', '\n', ...(dialect.format.startsWith('json') ? ['{}', '{ }\n'] : ['# only a comment\n'])])(
    'takes a file that holds nothing: %j',
    async (empty) => {
      const text = await edited(dialect, empty, [
        { op: 'add', name: 'a', value: entry(dialect, 'a', GITHUB) },
        { op: 'add', name: 'b', value: entry(dialect, 'b', GITHUB) },
      ]);
      const { section } = await readClientFile(dialect, text, FILE);
      expect([...section.entries.keys()]).toEqual(['a', 'b']);
      const one = await edited(dialect, text, [{ op: 'remove', name: 'a' }]);
      const none = await edited(dialect, one, [{ op: 'remove', name: 'b' }]);
      expect((await readClientFile(dialect, none, FILE)).section.entries.size).toBe(0);
      const again = await edited(dialect, none, [{ op: 'add', name: 'c', value: entry(dialect, 'c', GITHUB) }]);
      expect([...(await readClientFile(dialect, again, FILE)).section.entries.keys()]).toEqual(['c']);
    },
  );

  it(`loses no foreign byte in ${RUNS} edits`, async () => {
    const names = fc.constantFrom('a', 'b.c', 'd e', 'ünï', 'yes');
    const texts = fc.string({
      unit: fc.constantFrom(
        'a',
        ' ',
        '"',
        "'",
        '\\',
        '\\U',
        '#',
        '//',
        ':',
        '{',
        '}',
        ',',
        '\n',
        '=',
        '[',
        '-',
        '$',
        'é',
      ),
      maxLength: 12,
    });
    const server = fc.oneof(
      fc.record({
        type: fc.constant('stdio' as const),
        command: texts.map((text) => `run${text}`),
        args: fc.array(texts, { maxLength: 3 }),
        env: fc.dictionary(fc.constantFrom('A_B', 'C'), texts, { maxKeys: 2 }),
      }),
      fc.constant(DOCS),
    );
    const step = fc.record({ name: names, server: fc.option(server, { nil: undefined }) });
    const original = livedIn(dialect, LAYOUTS['two spaces'] as (typeof LAYOUTS)[string]);
    let text = original;
    await fc.assert(
      fc.asyncProperty(step, async ({ name, server: wanted }) => {
        const { client, section } = await readClientFile(dialect, text, FILE);
        const there = section.entries.get(name)?.value;
        const { fields } = wanted === undefined ? { fields: undefined } : toClient(dialect, name, wanted);
        const change: EntryChange =
          fields === undefined
            ? { op: 'remove', name }
            : there === undefined
              ? { op: 'add', name, value: entryOf(fields) }
              : { op: 'change', name, value: mergeFields(dialect, there, fields) };
        const after = await editEntries(client, section, [change]);
        expect(lost(original, after)).toBeUndefined();
        text = after;
      }),
      { numRuns: RUNS },
    );
  });
});
