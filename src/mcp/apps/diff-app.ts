import {
  CLIENT_CAPABILITIES_META_KEY,
  type McpServer,
  type ServerContext,
  type Tool,
} from '@modelcontextprotocol/server';
import { isObject } from '../../core/json/is-object.ts';

/** MCP Apps (SEP-1865): the extension's name, and the type of its pages. */
const EXTENSION = 'io.modelcontextprotocol/ui';
const MIME_TYPE = 'text/html;profile=mcp-app';

/** The page that shows what `diff_configs` found, and takes the person's word on a draft. */
const DIFF_APP = 'ui://mcp-config-store/diff';

/**
 * Returns the `_meta` of a tool whose results a host may show in a page: for hosts that say they show pages. All others get
 * none.
 */
export function appOf(tool: string, server: McpServer, ctx: ServerContext): Tool['_meta'] {
  return tool === 'diff_configs' && showsApps(server, ctx) ? { ui: { resourceUri: DIFF_APP } } : undefined;
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

/** In the 2026 era each request says what the client can do, in the 2025 era `initialize` did. */
function showsApps(server: McpServer, ctx: ServerContext): boolean {
  const envelope = ctx.mcpReq.envelope as Readonly<Record<string, unknown>> | undefined;
  const capabilities = envelope?.[CLIENT_CAPABILITIES_META_KEY] ?? server.server.getClientCapabilities();
  const extensions = isObject(capabilities) ? capabilities['extensions'] : undefined;
  const declared = isObject(extensions) ? extensions[EXTENSION] : undefined;
  const types = isObject(declared) ? declared['mimeTypes'] : undefined;
  return Array.isArray(types) && types.includes(MIME_TYPE);
}
