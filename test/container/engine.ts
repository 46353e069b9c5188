import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, inject, onTestFinished } from 'vitest';
import { StdioPeer } from '../e2e/server-process.ts';

const { docker: command, image, label, missing } = inject('engine');

export const IMAGE = image;
export const DOCKER = command;

/** `describe`, skipped where there is no engine. */
export const describeContainer = describe.skipIf(missing !== undefined);

/** The flags users paste, but for the volume. */
export const HARDENED = [
  '--read-only',
  '--tmpfs=/tmp:rw,noexec,nosuid,nodev,size=16m',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
  '--network=none',
  '--log-driver=none',
  '--pids-limit=128',
  '--memory=256m',
];

/** Tells whoever reads the test run a figure that no test asserts: it depends on the machine. */
export function figure(text: string): void {
  process.stderr.write(`figure: ${text}\n`);
}

/** What a finished process said. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs any command to its end; never throws for its exit code. */
export async function execute(
  program: string,
  args: readonly string[],
  {
    input = '',
    env = process.env,
  }: { input?: string | Uint8Array | undefined; env?: NodeJS.ProcessEnv | undefined } = {},
): Promise<Finished> {
  const child = spawn(program, args, { env });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  // The process may be gone before it has read all of it.
  child.stdin.on('error', () => undefined).end(input);
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  return { code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
}

/** Runs docker and returns its output. @throws Error with its stderr when it fails. */
export async function docker(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await execute(command, args);
  if (code !== 0) throw new Error(`docker ${args.join(' ')}: exit ${code}: ${stderr}`);
  return stdout.trim();
}

/** A new named volume, gone after the test; `options` as `docker volume create -o`. */
export async function volume(...options: readonly string[]): Promise<string> {
  // One without a name would be warned of.
  const named = `mcs-test-${randomBytes(6).toString('hex')}`;
  const name = await docker(
    'volume',
    'create',
    '--label',
    label,
    ...options.flatMap((option) => ['-o', option]),
    named,
  );
  onTestFinished(async () => {
    await execute(command, ['volume', 'rm', '-f', name]);
  });
  return name;
}

/** How a container is started: engine flags, then the command's own arguments. */
export interface RunOptions {
  readonly flags?: readonly string[];
  readonly input?: string | Uint8Array | undefined;
}

/** `docker run --rm` of one command, hardened. */
export async function run(args: readonly string[], { flags = [], input }: RunOptions = {}): Promise<Finished> {
  const interactive = input === undefined ? [] : ['-i'];
  const line = ['run', '--rm', ...interactive, `--label=${label}`, ...HARDENED, ...flags, image, ...args];
  return execute(command, line, { input });
}

/** Runs a script on the image's Node, as root unless `flags` say otherwise, and returns what it printed. */
export async function script(text: string, flags: readonly string[]): Promise<string> {
  const powers = ['CHOWN', 'FOWNER', 'DAC_OVERRIDE'].map((name) => `--cap-add=${name}`);
  const { code, stdout, stderr } = await run(['-e', text], {
    flags: ['--user=0', ...powers, '--entrypoint=/usr/local/bin/node', ...flags],
  });
  if (code !== 0) throw new Error(`exit ${code}: ${stderr}`);
  return stdout;
}

/** A folder of this machine for a bind mount, of the given owner and mode; gone after the test. */
export async function folder(owner: string, mode: string): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'config-store-mount-'));
  // Whoever runs the tests need not be able to give folders away, or to remove what others put there: the engine is.
  await script(`fs.chownSync('/m', ${owner.replace(':', ', ')}); fs.chmodSync('/m', 0o${mode});`, [
    `--volume=${path}:/m`,
  ]);
  onTestFinished(async () => {
    const empty = `for (const name of fs.readdirSync('/m')) fs.rmSync('/m/' + name, { recursive: true });`;
    await script(`${empty} fs.chmodSync('/m', 0o777);`, [`--volume=${path}:/m`]);
    await rm(path, { recursive: true, force: true });
  });
  return path;
}

/** The arguments of docker that serve MCP as a host would start it. */
export function serveLine(name: string | undefined, flags: readonly string[], args: readonly string[] = []): string[] {
  const named = name === undefined ? [] : [`--name=${name}`];
  return ['run', '-i', '--rm', ...named, `--label=${label}`, ...HARDENED, ...flags, image, ...args];
}

/** A server in a container; `peer.name` is the container's. */
export class ContainerPeer extends StdioPeer {
  readonly name: string;

  constructor(flags: readonly string[], args: readonly string[] = []) {
    const name = `mcs-test-${randomBytes(6).toString('hex')}`;
    super(command, serveLine(name, flags, args));
    this.name = name;
    onTestFinished(async () => {
      await execute(command, ['rm', '-f', name]);
    });
  }

  /** The tool's structured result. @throws Error with the tool's answer when it is an error. */
  async tool(name: string, args: object): Promise<Readonly<Record<string, unknown>>> {
    const id = randomBytes(6).toString('hex');
    this.call(id, name, args);
    const { result, error } = await this.reply(id);
    if (result === undefined || result['isError'] === true)
      throw new Error(`${name}: ${JSON.stringify(error ?? result?.['structuredContent'])}`);
    return result['structuredContent'] as Readonly<Record<string, unknown>>;
  }

  /** Ends the input, as a host does, and waits. */
  async end(): Promise<number | null> {
    this.child.stdin.end();
    const [code] = await this.exited;
    return code;
  }
}

/** A server in a container that has shaken hands. */
export async function serveIn(flags: readonly string[], args: readonly string[] = []): Promise<ContainerPeer> {
  const peer = new ContainerPeer(flags, args);
  await peer.initialize();
  return peer;
}
