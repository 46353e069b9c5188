import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';

// Gives an image that was built here times that do not depend on when: the same inputs have the same digest then.
//
//   node scripts/reproducible-image.ts [IMAGE]        (mcp-config-store; DOCKER names the engine's command)
//
// Newer builders do so themselves (SOURCE_DATE_EPOCH with rewrite-timestamp=true); this works with those that do not.

/** As the Dockerfile has it, in seconds. */
const EPOCH = Number(process.env['SOURCE_DATE_EPOCH'] || 499_162_500);
const BLOCK = 512;
const docker = process.env['DOCKER'] || 'docker';

interface Config {
  created?: string;
  /** Of the builder before BuildKit: the container of its last step. */
  container?: string;
  container_config?: object;
  /** Of the same builder: `Image` is the image before the last step, whose id depends on when it was made. */
  config?: { Image?: string };
  history?: Array<{ created?: string }>;
  rootfs: { diff_ids: string[] };
}

interface Entry {
  readonly name: string;
  /** Where its header stands. */
  readonly at: number;
  readonly bytes: Buffer;
  /** Where a link leads. */
  readonly link: string;
}

function run(args: readonly string[], input?: Buffer): Buffer {
  const { status, stdout, stderr, error } = spawnSync(docker, args, { input, maxBuffer: 2 ** 31 - 1 });
  if (status !== 0) throw new Error(`docker ${args.join(' ')}: ${error?.message ?? stderr.toString()}`);
  return stdout;
}

function text(block: Buffer, start: number, length: number): string {
  return block.toString('utf8', start, start + length).replace(/\0.*$/s, '');
}

function* entries(tar: Buffer): Generator<Entry> {
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const header = tar.subarray(at, at + BLOCK);
    const size = Number.parseInt(text(header, 124, 12).trim() || '0', 8);
    const prefix = text(header, 345, 155);
    const name = `${prefix === '' ? '' : `${prefix}/`}${text(header, 0, 100)}`;
    yield { name, at, bytes: tar.subarray(at + BLOCK, at + BLOCK + size), link: text(header, 157, 100) };
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}

function octal(header: Buffer, start: number, length: number, value: number): void {
  header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, start, 'latin1');
}

function seal(header: Buffer): void {
  header.write(' '.repeat(8), 148, 'latin1'); // counted as spaces
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
}

/** Returns a layer in which every file is of the same time. */
function timeless(layer: Buffer): Buffer {
  const copy = Buffer.from(layer);
  for (const { at } of entries(layer)) {
    const header = copy.subarray(at, at + BLOCK);
    octal(header, 136, 12, EPOCH);
    seal(header);
  }
  return copy;
}

function tarOf(files: ReadonlyArray<readonly [string, Buffer]>): Buffer {
  const blocks = files.flatMap(([name, bytes]) => {
    const header = Buffer.alloc(BLOCK);
    header.write(name, 0, 'utf8');
    octal(header, 100, 8, 0o644);
    octal(header, 108, 8, 0);
    octal(header, 116, 8, 0);
    octal(header, 124, 12, bytes.length);
    octal(header, 136, 12, EPOCH);
    header.write('0', 156, 'latin1');
    header.write('ustar\x0000', 257, 'latin1');
    seal(header);
    return [header, bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const [given = 'mcp-config-store'] = parseArgs({ allowPositionals: true }).positionals;
const image = /:[^/]+$/.test(given) ? given : `${given}:latest`;
const saved = new Map([...entries(run(['save', image]))].map((entry) => [entry.name, entry]));
const read = (name: string): Buffer => {
  const entry = saved.get(name);
  if (entry === undefined) throw new Error(`docker save ${image} has no ${name}`);
  // Two layers that are the same are one, and a link to it.
  return entry.link === '' ? entry.bytes : read(posix.join(posix.dirname(name), entry.link));
};
/** Some engines keep layers compressed. */
const plain = (layer: Buffer): Buffer => {
  const tar = layer[0] === 0x1f && layer[1] === 0x8b ? gunzipSync(layer) : layer;
  if (tar.some((byte) => byte !== 0) && tar.toString('latin1', 257, 262) !== 'ustar')
    throw new Error(`a layer of ${image} is no tar archive`);
  return tar;
};
const [manifest] = JSON.parse(read('manifest.json').toString()) as [{ Config: string; Layers: string[] }];
const config = JSON.parse(read(manifest.Config).toString()) as Config;
const layers = manifest.Layers.map((name) => timeless(plain(read(name))));
const created = new Date(EPOCH * 1_000).toISOString();
config.created = created;
delete config.container;
delete config.container_config;
delete config.config?.Image;
for (const step of config.history ?? []) step.created = created;
config.rootfs.diff_ids = layers.map((layer) => `sha256:${sha256(layer)}`);
const bytes = Buffer.from(JSON.stringify(config));
const name = `${sha256(bytes)}.json`;
const Layers = layers.map((layer) => `${sha256(layer)}.tar`);
run(
  ['load', '-q'],
  tarOf([
    [name, bytes],
    ...layers.map((layer, at) => [Layers[at] ?? '', layer] as const),
    ['manifest.json', Buffer.from(JSON.stringify([{ Config: name, RepoTags: [image], Layers }]))],
  ]),
);
process.stdout.write(`${image} sha256:${sha256(bytes)}\n`);
