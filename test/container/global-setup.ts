import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

/** What the tests of this run know of the engine. */
export interface EngineFacts {
  /** The docker command. */
  readonly docker: string;
  /** The image under test. */
  readonly image: string;
  /** Label of everything this run makes, so that it can be taken away again. */
  readonly label: string;
  /** Why nothing can run in a container here. */
  readonly missing?: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    engine: EngineFacts;
  }
}

const ROOT = join(import.meta.dirname, '../..');
const docker = process.env['DOCKER'] || 'docker';

/**
 * Builds the image once (`CONTAINER_IMAGE` names one that is built already) and removes what the run leaves behind.
 * Without an engine the tests are skipped, with the reason; `CONTAINER=require` makes that a failure.
 */
export function setup(project: TestProject): (() => void) | undefined {
  const run = randomBytes(4).toString('hex');
  const label = `mcp-config-store.test=${run}`;
  const given = process.env['CONTAINER_IMAGE'];
  const image = given ?? `mcp-config-store:test-${run}`;
  const missing = whyNoEngine();
  project.provide('engine', { docker, image, label, ...(missing === undefined ? {} : { missing }) });
  if (missing !== undefined) {
    if (process.env['CONTAINER'] === 'require') throw new Error(`CONTAINER=require, and ${missing}`);
    process.stderr.write(`\n!!!! CONTAINER TESTS SKIPPED: ${missing}\n\n`);
    return undefined;
  }
  if (given === undefined) build(image);
  sayIfStandIn();
  return () => {
    remove(['rm', '-f', '-v'], ['ps', '-aq', '--filter', `label=${label}`]);
    remove(['volume', 'rm', '-f'], ['volume', 'ls', '-q', '--filter', `label=${label}`]);
    if (given === undefined) spawnSync(docker, ['rmi', '-f', image]);
  };
}

function whyNoEngine(): string | undefined {
  const { error, status, stderr } = spawnSync(docker, ['version', '-f', '{{.Server.Version}}'], { encoding: 'utf8' });
  if (error !== undefined) return `there is no ${docker} command (set DOCKER)`;
  return status === 0 ? undefined : `no engine answers: ${stderr.trim().split('\n').at(-1)}`;
}

function build(image: string): void {
  const { status, stderr } = spawnSync(docker, ['build', '-q', '-t', image, ROOT], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the image cannot be built:\n${stderr.slice(-4_000)}`);
}

/** A base image made on this machine is not the published one: whoever reads the result must know. */
function sayIfStandIn(): void {
  const base = process.env['NODE_IMAGE'] ?? 'node:24-trixie-slim';
  const { stdout } = spawnSync(docker, ['image', 'inspect', '-f', '{{index .Config.Labels "standin.input"}}', base], {
    encoding: 'utf8',
  });
  if (stdout?.trim()) process.stderr.write(`\nbase image: a local stand-in of ${base} (${stdout.trim()})\n\n`);
}

function remove(command: readonly string[], list: readonly string[]): void {
  const ids = spawnSync(docker, list, { encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
  if (ids.length > 0) spawnSync(docker, [...command, ...ids]);
}
