import { accessSync, constants } from 'node:fs';
import { type BuildResult, build } from 'esbuild';
import { type Browser, chromium, type Frame, type Page } from 'playwright-core';

/** Where Chromium is; undefined where none is installed. */
export const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not installed there.
    return false;
  }
});

export function launch(): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'];
  return chromium.launch({ executablePath: CHROMIUM ?? '', args });
}

/** What a page may do whose resource declares no policy of its own: the words of the extension's specification. */
const POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; media-src 'self' data:; connect-src 'none';";

/** A host, with the bridge that hosts are made of; it runs in the browser. */
const HOST = `
import { AppBridge, PostMessageTransport } from '@modelcontextprotocol/ext-apps/app-bridge';
globalThis.showApp = async (html, args, result, capabilities) => {
  const frame = document.querySelector('iframe');
  const hostContext = { theme: 'dark', styles: { variables: { '--color-text-primary': 'rgb(201, 202, 203)' } } };
  const bridge = new AppBridge(null, { name: 'host', version: '1.0.0' }, capabilities, { hostContext });
  bridge.oncalltool = (params) => globalThis.callTool(params);
  bridge.onsizechange = ({ height }) => { frame.style.height = height + 'px'; };
  const ready = new Promise((resolve) => { bridge.oninitialized = resolve; });
  await bridge.connect(new PostMessageTransport(frame.contentWindow, frame.contentWindow));
  frame.srcdoc = html;
  await ready;
  await bridge.sendToolInput({ arguments: args });
  await bridge.sendToolResult(result);
};
`;

let host: Promise<BuildResult<{ write: false }>> | undefined;

/** One result in its page, in a host. */
export interface Shown {
  readonly page: Page;
  readonly view: Frame;
  /** Whatever the page logged, broke or asked for. */
  readonly complaints: readonly string[];
}

/** Shows a result as a host does: in a frame that may run scripts and nothing else. */
export async function showApp(
  browser: Browser,
  html: string,
  call: { readonly args: object; readonly result: object; readonly capabilities?: object },
  callTool: (params: { name: string; arguments: object }) => Promise<object>,
): Promise<Shown> {
  host ??= build({
    stdin: { contents: HOST, resolveDir: import.meta.dirname },
    ...{ bundle: true, write: false, format: 'iife', platform: 'browser', logLevel: 'silent' },
  });
  const bundle = await host;
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    // The bridge tells each message it passes on.
    if (message.type() !== 'debug') complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => complaints.push(request.url()));
  await page.exposeFunction('callTool', callTool);
  await page.setContent('<!doctype html><title>Host</title><iframe sandbox="allow-scripts"></iframe>');
  await page.addScriptTag({ content: bundle.outputFiles[0]?.text ?? '' });
  const strict = html.replace('<meta', `<meta http-equiv="Content-Security-Policy" content="${POLICY}"><meta`);
  const given = JSON.stringify([strict, call.args, call.result, call.capabilities ?? { serverTools: {} }]);
  await page.evaluate(`showApp(...${given})`);
  const view = page.frames().at(-1);
  if (view === undefined) throw new Error('there must be a frame');
  return { page, view, complaints };
}
