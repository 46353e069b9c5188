import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { isObject } from '../core/json/is-object.ts';
import { Durable } from '../disk/durable.ts';
import { fileFault } from '../disk/file-fault.ts';
import { readRegularFile } from '../disk/opened-file.ts';
import type { StateFolder } from './state-folder.ts';

/** The fields of one server that were written into a client's file: a digest of each value, by JSON Pointer below its entry. */
export type WrittenFields = Readonly<Record<string, string>>;

/** One writing of a client's file, as this installation remembers it: names and digests, never a value. */
export interface Deployment {
  readonly id: string;
  /** RFC 3339, UTC. */
  readonly time: string;
  /** A record is made before the file is written, and another one after it. */
  readonly phase: 'begun' | 'done';
  readonly kind: 'deploy' | 'adopt' | 'undo' | 'remove';
  readonly client: string;
  /** The file as it was asked for: an absolute path. */
  readonly path: string;
  /** The part of the file, as a JSON Pointer, where it holds several lists of servers; absent for the client's own list. */
  readonly part?: string | undefined;
  /** The config that holds there from now on; null where none does. */
  readonly config: { readonly name: string; readonly version: number; readonly digest: string } | null;
  /** Hex SHA-256 of the file before and after; null where there was none. */
  readonly before: string | null;
  readonly after: string | null;
  /** The copy of what was there before; absent until the file is written, null where there was nothing. */
  readonly backup?: string | null;
  /** The servers that were not in the file before; absent from records of older releases. */
  readonly added?: readonly string[];
  /** All servers that are ours in that file from now on. */
  readonly servers: Readonly<Record<string, WrittenFields>>;
}

const NAME = 'deployments.jsonl';
/** The most that is read, in bytes: about 50,000 deployments. */
const MAX_BYTES = 67_108_864;

/** `state/deployments.jsonl`: what was written into which client's file, one record a line, only ever added to. */
export class Deployments {
  readonly #folder: StateFolder;
  readonly #path: string;
  readonly #disk: Durable;

  constructor(folder: StateFolder, disk: Durable = new Durable()) {
    this.#folder = folder;
    this.#path = join(folder.path, NAME);
    this.#disk = disk;
  }

  /**
   * Returns all records, oldest first. Lines that are none are left out: the last one is torn when a process died in it.
   *
   * @throws StoreError STORE_UNREADABLE
   */
  read(): Deployment[] {
    const flaw = this.#folder.flaw();
    if (flaw !== undefined) throw flaw;
    let bytes: Uint8Array | undefined;
    try {
      bytes = readRegularFile(this.#path, MAX_BYTES);
    } catch (error) {
      throw fileFault(error, this.#path, 'read');
    }
    return Buffer.from(bytes ?? new Uint8Array())
      .toString('utf8')
      .split('\n')
      .flatMap(parseRecord);
  }

  /** Adds a record and flushes it. @throws StoreError STORE_UNREADABLE, STORE_READONLY, STORE_FULL, STATE_UNKNOWN */
  async add(record: Deployment): Promise<void> {
    const unwritable = this.#folder.writable();
    if (unwritable !== undefined) throw unwritable;
    await this.#folder.make();
    // A line that was torn stays a line of its own.
    await this.#disk.append(this.#path, Buffer.from(`\n${JSON.stringify(record)}\n`));
  }
}

/** Returns a new id of a deployment or a plan: 16 hex characters. */
export function newId(): string {
  return randomBytes(8).toString('hex');
}

function parseRecord(line: string): Deployment[] {
  if (line.trim() === '') return [];
  try {
    const value: unknown = JSON.parse(line);
    const isRecord =
      isObject(value) &&
      ['id', 'time', 'client', 'path'].every((member) => typeof value[member] === 'string') &&
      (value['phase'] === 'begun' || value['phase'] === 'done') &&
      isObject(value['servers']);
    return isRecord ? [value as unknown as Deployment] : [];
  } catch {
    return []; // torn
  }
}
