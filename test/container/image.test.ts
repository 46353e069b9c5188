import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { describeContainer, docker, IMAGE, run } from './engine.ts';

interface ImageConfig {
  readonly Size: number;
  readonly Config: {
    readonly User: string;
    readonly Entrypoint: readonly string[];
    readonly Volumes: object | null;
    readonly Labels: Readonly<Record<string, string>>;
    readonly Env: readonly string[];
    readonly Healthcheck: { readonly Test: readonly string[] };
  };
}

const inspect = async () => (JSON.parse(await docker('image', 'inspect', IMAGE)) as [ImageConfig])[0];

/** Every file of the image: type and mode, owner, path. */
async function listing(): Promise<string[]> {
  const script = `
    const { readdirSync, lstatSync } = require('node:fs');
    for (const path of readdirSync('/', { recursive: true })) {
      if (/^(proc|sys|dev)\\b/.test(path)) continue;
      const { mode, uid, gid } = lstatSync('/' + path);
      console.log(mode.toString(8), uid + ':' + gid, path);
    }`;
  const flags = ['--user=0', '--cap-add=DAC_OVERRIDE', '--entrypoint=/usr/local/bin/node'];
  const { stdout } = await run(['-e', script], { flags });
  return stdout.trim().split('\n');
}

describeContainer('the image', () => {
  test('is at most 130 MB', async ({ annotate }) => {
    const { Size } = await inspect();
    await annotate(`${(Size / 1e6).toFixed(1)} MB`);
    expect(Size).toBeLessThan(130_000_000);
  });

  test('says what it is, runs as its own user, and declares no volume', async () => {
    const { Config } = await inspect();
    expect(Config.User).toBe('10001:10001');
    expect(Config.Entrypoint).toEqual(['/usr/local/bin/node', '/app/main.js']);
    expect(Config.Healthcheck.Test).toEqual(['CMD', '/usr/local/bin/node', '/app/main.js', 'health']);
    expect(Config.Volumes).toBeNull();
    for (const name of ['title', 'description', 'source', 'licenses', 'version', 'revision'])
      expect(Config.Labels[`org.opencontainers.image.${name}`], name).toMatch(/./);
    expect(Config.Labels['io.modelcontextprotocol.server.name']).toMatch(/^io\.github\.[\w-]+\/mcp-config-store$/);
  });

  test('runs any command', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: '' });
  });

  test('holds Node, its libraries, the bundle and all licences, and no shell', async () => {
    const files = await listing();
    const paths = files.map((line) => line.split(' ')[2] ?? '');
    expect(paths.filter((path) => /(^|\/)(ba|da|z)?sh$|node_modules|npm|apt|dpkg/.test(path))).toEqual([]);
    expect(paths).toEqual(expect.arrayContaining(['app/main.js', 'app/LICENSE', 'app/THIRD-PARTY-NOTICES.txt']));
    expect(paths.filter((path) => path.endsWith('/copyright')).length).toBeGreaterThanOrEqual(4);
    expect(files).toEqual(
      expect.arrayContaining([
        '40700 10001:10001 app/var',
        '40700 10001:10001 app/var/keys',
        '40700 10001:10001 app/var/storage',
        '40700 10001:10001 app/var/telemetry',
      ]),
    );
    const writable = files.filter(
      (line) => !line.includes(' app/var') && !line.endsWith(' tmp') && /^1?00?\d{3}[2367] /.test(line),
    );
    expect(writable).toEqual([]);
    expect(files.filter((line) => !line.includes(' 0:0 ') && !line.includes(' app/var'))).toEqual([]);
  });
});
