import type { McpServer, RegisteredTool } from '@modelcontextprotocol/server';
import { isObject } from '../../core/json/is-object.ts';

/** MCP Apps (SEP-1865): the extension's name, and the type of its pages. */
const EXTENSION = 'io.modelcontextprotocol/ui';
const MIME_TYPE = 'text/html;profile=mcp-app';

/** A page that shows the results of one tool. */
interface App {
  readonly name: string;
  readonly uri: string;
  readonly title: string;
  readonly page: () => Promise<string>;
}

/** The pages, by tool: `diff_configs` with a person's word on a draft, and `review_telemetry`. */
const APPS: Readonly<Record<string, App>> = {
  diff_configs: {
    name: 'diff',
    uri: 'ui://mcp-config-store/diff',
    title: 'Comparison',
    page: async () => (await import('./diff-page.ts')).diffPage(),
  },
  review_telemetry: {
    name: 'review',
    uri: 'ui://mcp-config-store/review',
    title: 'Review',
    page: async () => (await import('./review-page.ts')).reviewPage(),
  },
};

/**
 * Names the page in the tool whose results it shows, to hosts that say they show pages when the tools are listed; to no other.
 *
 * @param declared the capabilities that the host declares now, where that is not known from the server
 */
export function nameApp(
  tool: string,
  registered: RegisteredTool,
  { server }: McpServer,
  declared: () => unknown = () => undefined,
): void {
  const app = Object.hasOwn(APPS, tool) ? APPS[tool] : undefined;
  if (app === undefined) return;
  const get = () =>
    showsApps(server.getClientCapabilities() ?? declared()) ? { ui: { resourceUri: app.uri } } : undefined;
  Object.defineProperty(registered, '_meta', { get, enumerable: true });
}

/** Registers the pages. They are in no list: hosts learn of them from the tools. */
export function registerApps(server: McpServer): void {
  for (const [tool, { name, uri, title, page }] of Object.entries(APPS)) {
    const info = { title, description: `Shows what ${tool} found.`, mimeType: MIME_TYPE };
    server.registerResource(name, uri, info, async ({ href }) => ({
      // Without a policy of its own a page may load nothing and reach nothing.
      contents: [{ uri: href, mimeType: MIME_TYPE, text: await page(), _meta: { ui: { prefersBorder: true } } }],
    }));
  }
}

function showsApps(capabilities: unknown): boolean {
  const extensions = isObject(capabilities) ? capabilities['extensions'] : undefined;
  const declared = isObject(extensions) ? extensions[EXTENSION] : undefined;
  const types = isObject(declared) ? declared['mimeTypes'] : undefined;
  return Array.isArray(types) && types.includes(MIME_TYPE);
}
