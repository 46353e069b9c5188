import { HTTP, STDIO } from './common-forms.ts';
import type { Dialect, FilePlace } from './dialect.ts';

/** A client of which only managers of configuration speak: it is looked at, and never written. */
function seenOnly(
  client: string,
  title: string,
  files: readonly [string, ...string[]],
  more: Partial<Dialect> = {},
): Dialect {
  const [first, ...others] = files.map((path): FilePlace => ({ paths: [path] }));
  return {
    client,
    title,
    files: [first as FilePlace, ...others],
    projectFiles: [],
    format: 'json',
    section: ['mcpServers'],
    stdio: STDIO,
    http: HTTP,
    kept: [],
    readOnly: 'its vendor says nothing about the file',
    reload: `Restart ${title}.`,
    quirks: [],
    ...more,
  };
}

/** Clients that are looked at only. */
export const OTHERS: readonly Dialect[] = [
  seenOnly('kilo', 'Kilo Code', ['XDG/kilo/kilo.jsonc'], {
    format: 'jsonc',
    section: ['mcp'],
    stdio: { type: { writes: 'local', reads: ['local'] }, command: 'list', env: 'environment' },
    http: { type: { writes: 'remote', reads: ['remote'] }, url: ['url'], headers: ['headers'] },
    off: { member: 'enabled', when: false },
    readOnly: 'one reference to a variable in a project file makes all its servers vanish',
  }),
  seenOnly('amazon-q', 'Amazon Q', ['~/.aws/amazonq/mcp.json']),
  seenOnly('factory', 'Factory', ['~/.factory/mcp.json'], { projectFiles: ['.factory/mcp.json'] }),
  seenOnly('kimi', 'Kimi Code', ['~/.kimi-code/mcp.json']),
  seenOnly('grok', 'Grok', ['~/.grok/config.toml'], { format: 'toml', section: ['mcp_servers'] }),
  seenOnly('vibe', 'Mistral Vibe', ['~/.vibe/config.toml'], { format: 'toml', section: ['mcp_servers'], list: true }),
];
