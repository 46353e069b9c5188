import { randomBytes } from 'node:crypto';
import { chmod, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { StdioPeer } from '../e2e/server-process.ts';
import { DOCKER, describeContainer, docker, execute, IMAGE } from './engine.ts';

const ROOT = join(import.meta.dirname, '../..');
const PUBLISHED = 'postgres:18-trixie';
const STAND_IN = 'mcp-config-store-test-postgres:stand-in';

/** The image of the database: the one docker-compose.yml names where it can be had, else one made of Debian's packages, which is said. */
async function databaseImage(): Promise<string> {
  const given = process.env['POSTGRES_IMAGE'];
  if (given !== undefined) return given;
  for (const args of [
    ['image', 'inspect', PUBLISHED],
    ['pull', '-q', PUBLISHED],
  ])
    if ((await execute(DOCKER, args)).code === 0) return PUBLISHED;
  process.stderr.write(`\n${PUBLISHED} cannot be pulled here: a local stand-in of Debian's packages is used\n\n`);
  await docker('build', '-q', '-t', STAND_IN, join(import.meta.dirname, 'postgres-stand-in'));
  onTestFinished(async () => {
    await execute(DOCKER, ['rmi', '-f', STAND_IN]);
  });
  return STAND_IN;
}

describeContainer('the Compose profile postgres', () => {
  // Minutes: the first run fetches or makes the image of the database.
  test.runIf(process.env['SLOW'])(
    'prepares a real database, serves on the store in it as a role that cannot rewrite it, and keeps it',
    {
      timeout: 600_000,
    },
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'config-store-postgres-'));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      await chmod(folder, 0o755);
      for (const path of ['docker-compose.yml', 'LICENSE', 'scripts/database-roles.sh'])
        await cp(join(ROOT, path), join(folder, path));
      const password = randomBytes(24).toString('hex');
      await writeFile(join(folder, 'database-password'), `${password}\n`, { mode: 0o644 });
      const name = `mcs${randomBytes(4).toString('hex')}`;
      const env = { ...process.env, IMAGE, POSTGRES_IMAGE: await databaseImage() };
      const line = ['compose', '-f', join(folder, 'docker-compose.yml'), '-p', name, '--profile', 'postgres'];
      const compose = async (...args: readonly string[]) => {
        const { code, stdout, stderr } = await execute(DOCKER, [...line, ...args], { env });
        if (code !== 0) throw new Error(`compose ${args.join(' ')}: exit ${code}: ${stdout}${stderr}`);
        expect(stdout).not.toContain(password);
        return stdout.trim();
      };
      onTestFinished(async () => {
        await compose('down', '-v', '--remove-orphans');
      });
      const shared = (...args: readonly string[]) => compose('run', '--rm', '-T', 'shared', ...args);

      expect(await compose('run', '--rm', '-T', 'prepare')).toMatch(/^prepared: postgres:/);
      expect(await compose('run', '--rm', '-T', 'prepare')).toMatch(/^prepared already/);
      expect(await shared('storage', 'check')).toMatch(/role may +read, append\n/);
      for (const version of [1, 2]) {
        const peer = new StdioPeer(DOCKER, [...line, 'run', '--rm', '-T', 'shared'], env);
        await peer.initialize();
        peer.call(1, 'put_config', { name: 'a/b', content: `version ${version}` });
        expect((await peer.reply(1)).result?.['structuredContent']).toMatchObject({ version });
        peer.call(2, 'get_config', { name: 'a/b' });
        expect((await peer.reply(2)).result?.['structuredContent']).toMatchObject({ version, verified: true });
        peer.child.stdin.end();
        expect((await peer.exited)[0]).toBe(0);
        await compose('restart', 'database');
      }
      expect(await shared('verify')).toMatch(/^OK: 3 commits, 2 artifacts/);
      // Nothing leads out of its network, nor in from another.
      expect(await docker('network', 'inspect', '-f', '{{.Internal}}', `${name}_database`)).toBe('true');
      expect(
        await docker('inspect', '-f', '{{json .HostConfig.PortBindings}}', await compose('ps', '-q', 'database')),
      ).toMatch(/^(\{\}|null)$/);
    },
  );
});
