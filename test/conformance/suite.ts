import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build as esbuild } from 'esbuild';
import { parse } from 'yaml';
import { bundleOptions, hostPlatform } from '../../scripts/build.ts';
import { leanSdk } from '../../scripts/lean-sdk.ts';
import { plainBuiltins } from '../../scripts/plain-builtins.ts';
import { type Bridge, startBridge } from './bridge.ts';

/** One check of one scenario, as the suite wrote it. */
export interface Check {
  readonly scenario: string;
  readonly id: string;
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
  readonly errorMessage?: string;
}

/** What a run of the suite said. */
export interface Verdict {
  readonly checks: readonly Check[];
  readonly output: string;
}

const root = join(import.meta.dirname, '../..');

function suiteFolder(suite: string): string {
  return dirname(createRequire(import.meta.url).resolve(`${suite}/package.json`));
}

/** The scenarios a server must pass for a revision, as the suite has them. */
export async function requiredScenarios(suite: string, revision: string): Promise<readonly string[]> {
  const text = await readFile(join(suiteFolder(suite), 'requirements', `${revision}.yaml`), 'utf8');
  return (parse(text) as { server: string[] }).server;
}

/**
 * Runs the conformance suite's scenarios for servers against the bundled test server: on stdio through the bridge, or straight
 * over HTTP.
 *
 * @param suite the package of the suite, under its name in package.json
 * @param flags which of its scenarios
 */
export async function runSuite(
  suite: string,
  flags: readonly string[],
  transport: 'stdio' | 'http' = 'stdio',
): Promise<Verdict> {
  const folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  try {
    const options = bundleOptions(hostPlatform());
    await esbuild({
      ...options,
      plugins: [...(options.plugins ?? []), leanSdk(), plainBuiltins()],
      absWorkingDir: root,
      entryPoints: { server: `test/conformance/${transport === 'http' ? 'http-server' : 'server'}.ts` },
      outdir: join(folder, 'server'),
    });
    const args = [join(folder, 'server', 'server.js'), join(folder, 'var')];
    const bridge = await (transport === 'http' ? startServer(args) : startBridge(process.execPath, args));
    const results = join(folder, 'results');
    const output = await run(join(suiteFolder(suite), 'dist/index.js'), [
      'server',
      ...['--url', bridge.url, '--output-dir', results],
      ...flags,
    ]);
    await bridge.close();
    return { output, checks: await readChecks(results) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Starts the test server on HTTP; ends it with a signal. */
async function startServer(args: readonly string[]): Promise<Bridge> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [url] = await once(child.stdout, 'data');
  return {
    url: String(url).trim(),
    close: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const [code] = await exited;
      if (code !== 0) throw new Error(`the server ended with code ${code}`);
    },
  };
}

/** Its exit code says only whether something failed; the checks say what. */
async function run(script: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { maxBuffer: 2 ** 26 }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}

async function readChecks(results: string): Promise<Check[]> {
  const files = (await readdir(results, { recursive: true })).filter((path) => path.endsWith('checks.json')).sort();
  const lists = files.map(async (path) => {
    const checks = JSON.parse(await readFile(join(results, path), 'utf8')) as Check[];
    const scenario = path.replace(/^server-/, '').replace(/-\d{4}-\d{2}-\d{2}T.*$/, '');
    return checks.map((check) => ({ ...check, scenario }));
  });
  return (await Promise.all(lists)).flat();
}
