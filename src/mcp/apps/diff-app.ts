import type { McpServer, RegisteredTool } from '@modelcontextprotocol/server';
import { isObject } from '../../core/json/is-object.ts';

/** MCP Apps (SEP-1865): the extension's name, and the type of its pages. */
const EXTENSION = 'io.modelcontextprotocol/ui';
const MIME_TYPE = 'text/html;profile=mcp-app';

/** The page that shows what `diff_configs` found, and takes the person's word on a draft. */
const DIFF_APP = 'ui://mcp-config-store/diff';

/** Names the page in the tool whose results it shows, to hosts that say they show pages when the tools are listed; to no other. */
export function nameApp(name: string, tool: RegisteredTool, server: McpServer): void {
  if (name !== 'diff_configs') return;
  const get = () => (showsApps(server.server.getClientCapabilities()) ? { ui: { resourceUri: DIFF_APP } } : undefined);
  Object.defineProperty(tool, '_meta', { get, enumerable: true });
}

/** Registers the page. It is in no list: hosts learn of it from the tool. */
export function registerDiffApp(server: McpServer): void {
  const info = { title: 'Comparison', description: 'Shows what diff_configs found.', mimeType: MIME_TYPE };
  server.registerResource('diff', DIFF_APP, info, async ({ href }) => {
    const { diffPage } = await import('./diff-page.ts');
    // Without a policy of its own a page may load nothing and reach nothing.
    return { contents: [{ uri: href, mimeType: MIME_TYPE, text: diffPage(), _meta: { ui: { prefersBorder: true } } }] };
  });
}

function showsApps(capabilities: unknown): boolean {
  const extensions = isObject(capabilities) ? capabilities['extensions'] : undefined;
  const declared = isObject(extensions) ? extensions[EXTENSION] : undefined;
  const types = isObject(declared) ? declared['mimeTypes'] : undefined;
  return Array.isArray(types) && types.includes(MIME_TYPE);
}
