import type { CanonicalServer } from '../../src/clients/canonical/server.ts';
import { entryOf, toClient } from '../../src/clients/canonical/to-client.ts';
import type { Dialect } from '../../src/clients/dialects/dialect.ts';
import { printTomlTable } from '../../src/core/patch/print-toml.ts';
import { printYaml } from '../../src/core/patch/print-yaml.ts';

/** Servers of a person, in many forms. */
export const FOREIGN: Readonly<Record<string, CanonicalServer>> = {
  'files of mine': {
    type: 'stdio',
    command: 'npx',
    args: ['-y', '@modelcontextprotocol/server-filesystem@2026.1.14', 'C:\\Users\\ada\\notes', '/home/ada/a b'],
  },
  'quoted.name': {
    type: 'stdio',
    command: '/opt/tools/run "it"',
    args: ['--say', 'yes', 'no', '010', '1e3', '#not a comment', '// nor this', 'ünïcode → ✓'],
  },
  search: {
    type: 'stdio',
    command: 'uvx',
    args: ['mcp-search==1.4.0'],
    env: { SEARCH_TOKEN: 'in-the-clear-of-the-person', MODE: 'on' },
  },
  remote: {
    type: 'streamable-http',
    url: 'https://example.com/mcp?x=1&y=%20',
    headers: { 'X-Team': 'red, green; blue' },
  },
};

/** Members of the file that are about anything else. */
const SETTINGS: Readonly<Record<string, unknown>> = {
  theme: 'One Dark',
  telemetry: { enabled: false, level: 'off', ids: [1, 2, 3.5, -4e2] },
  'a key with spaces': { nested: { deep: [{ a: 1 }, { b: ['x', 'y'] }] }, text: 'line one\nline two\ttabbed' },
  keybindings: Array.from({ length: 18 }, (_, i) => ({
    key: `ctrl+k ctrl+${i}`,
    command: `editor.action.${'step'.repeat(4)}${i}`,
    when: 'editorTextFocus && !inQuickOpen',
  })),
};

/** What a lived-in file looks like. */
export interface Layout {
  readonly eol: '\n' | '\r\n';
  readonly indent: string;
  readonly finalBreak: boolean;
}

export const LAYOUTS: Readonly<Record<string, Layout>> = {
  'two spaces': { eol: '\n', indent: '  ', finalBreak: true },
  'tabs and CRLF, no end of line at the end': { eol: '\r\n', indent: '\t', finalBreak: false },
};

/** Returns a file of a client as a person has it after a year: comments, foreign servers, settings, an odd layout. */
export function livedIn(dialect: Dialect, layout: Layout): string {
  const text = { json: jsonText, jsonc: jsonText, toml: tomlText, yaml: yamlText }[dialect.format](dialect, layout);
  const lines = text.replace(/\n+$/, '').split('\n').join(layout.eol);
  return layout.finalBreak ? lines + layout.eol : lines;
}

function foreignEntries(dialect: Dialect): Array<[string, Record<string, unknown>]> {
  const personal = { timeout: 30, disabled: true, enabled: true, autoApprove: ['read'], trust: false };
  return Object.entries(FOREIGN).flatMap(([name, server]) => {
    const { fields } = toClient(dialect, name, server);
    const kept = Object.entries(personal).filter(([member]) => dialect.kept.includes(member));
    return fields === undefined ? [] : [[name, { ...entryOf(fields), ...Object.fromEntries(kept) }]];
  });
}

function jsonText(dialect: Dialect, { indent }: Layout): string {
  const comments = dialect.format === 'jsonc';
  const note = (text: string) => (comments ? text : '');
  const entries = foreignEntries(dialect).map(([name, entry], i) => {
    // One on a single line, spaced as a person would; the others as a printer does.
    const value =
      i === 0
        ? JSON.stringify(entry).replaceAll('":', '" : ')
        : JSON.stringify(entry, null, indent).replaceAll('\n', `\n${indent.repeat(dialect.section.length + 1)}`);
    return `${note(`${indent.repeat(dialect.section.length + 1)}// about ${i}, "quoted" { and } braces\n`)}${indent.repeat(dialect.section.length + 1)}${JSON.stringify(name)}:  ${value}`;
  });
  const open = dialect.section.map((step, i) => `${indent.repeat(i + 1)}${JSON.stringify(step)}: {`).join('\n');
  const close = dialect.section.map((_, i) => `${indent.repeat(dialect.section.length - i)}}`).join('\n');
  const list = `${open}\n${entries.join(`,${note(' /* behind */')}\n\n`)}${note(' // the last one')}\n${close}`;
  const settings = Object.entries(SETTINGS).map(
    ([key, value], i) =>
      `${indent}${JSON.stringify(key)}: ${i % 2 === 0 ? JSON.stringify(value) : JSON.stringify(value, null, indent).replaceAll('\n', `\n${indent}`)}`,
  );
  return `${note('// settings of Ada\n')}{\n${settings[0]},\n${note(`${indent}/* a block\n${indent}   of two lines */\n`)}${settings[1]},\n${list},\n\n\n${settings[2]},\n${settings[3]}\n}\n`;
}

function tomlText(dialect: Dialect): string {
  const tables = foreignEntries(dialect).map(([name, entry], i) => {
    const text = printTomlTable([...dialect.section, name], entry, '\n');
    return `# about ${i}: [mcp_servers.not-a-table]\n${text.replace('\n', '   # behind the header\n')}`;
  });
  const settings = `# settings of Ada\nmodel = "o9"   # the newest\nwhen = 2026-11-20T07:32:00Z\nfloat = 1.50\nbig = 9_007_199_254_740_993\ntext = """\n[mcp_servers.in-a-text]\ncommand = "no"\n"""\n\n[profiles."with space"]\nlist = [\n  "a", # one\n  "b",\n]\n`;
  const tail = `[[keys]]\n${Array.from({ length: 45 }, (_, i) => `k${i} = { key = "ctrl+${i}", command = "editor.action.${i}" }`).join('\n')}\n\n# the end\n`;
  return `${settings}\n${tables.join('\n\n')}\n\n${tail}`;
}

function yamlText(dialect: Dialect): string {
  const entries = foreignEntries(dialect);
  const body = (value: unknown) => printYaml(value);
  const list = entries
    .map(([name, entry], i) => {
      const text = dialect.list ? body([entry]) : body({ [name]: entry });
      return `  # about ${i}: { not, a, map }\n${text.replace(/^(?=.)/gm, '  ')}`;
    })
    .join('\n\n');
  return `# settings of Ada\n%SETTINGS%\n${dialect.section[0]}:\n${list}   # the last one\n# between\n%MORE%\n# the end\n`
    .replace('%SETTINGS%', () => body({ theme: SETTINGS['theme'], telemetry: SETTINGS['telemetry'] }))
    .replace('%MORE%', () =>
      body({ 'a key with spaces': SETTINGS['a key with spaces'], keybindings: SETTINGS['keybindings'] }),
    );
}
