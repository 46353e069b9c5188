import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Schema, Validator } from '@cfworker/json-schema';
import { Client } from '@modelcontextprotocol/client';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { unzipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { hostPlatform } from '../../scripts/build.ts';
import { DESKTOPS, manifest, mcpBundle } from '../../scripts/mcpb.ts';
import schema from '../fixtures/schemas/mcpb-manifest-0.3.schema.json' with { type: 'json' };

interface Manifest {
  readonly server: {
    readonly entry_point: string;
    readonly mcp_config: {
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
    };
  };
  readonly tools: readonly { readonly name: string }[];
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcpb-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const validator = new Validator(schema as unknown as Schema, '7', false);

describe('the manifest', () => {
  it.each(DESKTOPS)('for %s is as its published schema wants it', (platform) => {
    expect(validator.validate(manifest(platform)).errors).toEqual([]);
    expect(manifest(platform)).toMatchObject({
      version: packageJson.version,
      compatibility: { platforms: [platform.split('-')[0]] },
    });
  });

  it('would be refused with a member that there is not, or without one that must be there', () => {
    const { server: _server, ...without } = manifest(DESKTOPS[0] ?? 'linux-x64') as Manifest;
    expect(validator.validate(without).valid).toBe(false);
    expect(validator.validate({ ...manifest('linux-x64'), entrypoint: 'main.js' }).valid).toBe(false);
  });
});

describe('a bundle', () => {
  it('unpacked, serves as a host starts it', async () => {
    const files = unzipSync(await mcpBundle(hostPlatform()));
    for (const [path, bytes] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), bytes);
    }
    const { server, tools } = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Manifest;
    expect(files).toHaveProperty([server.entry_point]);
    const values: Record<string, string> = {
      __dirname: folder,
      'user_config.folder': join(folder, 'var'),
      'user_config.read_only': 'false',
    };
    /** Fills in what a host fills in. */
    const filled = (text: string) => text.replace(/\$\{([^}]+)\}/g, (_, name: string) => values[name] ?? '?');
    const { command, args, env } = server.mcp_config;
    expect(command).toBe('node');
    const client = new Client({ name: 'mcpb-test', version: '1.0.0' });
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: args.map(filled),
        env: {
          ...getDefaultEnvironment(),
          ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filled(value)])),
        },
      }),
    );
    try {
      const offered = (await client.listTools()).tools.map(({ name }) => name);
      expect(tools.map(({ name }) => name)).toEqual(offered);
      const stored = await client.callTool({ name: 'put_config', arguments: { name: 'a/b', content: '{}' } });
      expect(stored.structuredContent).toMatchObject({ version: 1 });
    } finally {
      await client.close();
    }
  }, 180_000);

  // Two builds and zip files: with SLOW=1 only.
  it.skipIf(process.env['SLOW'] !== '1')('is the same bytes when made again', async () => {
    const [one, other] = [await mcpBundle('darwin-arm64'), await mcpBundle('darwin-arm64')];
    expect(Buffer.from(one).equals(Buffer.from(other))).toBe(true);
    expect(Object.keys(unzipSync(one)).filter((path) => path.endsWith('.node'))).toEqual(['server/darwin-arm64.node']);
  });
});
