import { join } from 'node:path';
import { Durable } from '../disk/durable.ts';
import { findStateFile, isIndex, parseObject } from './state-file.ts';
import type { StateFolder } from './state-folder.ts';

/** A verification of the whole store that found nothing wrong. */
export interface PassedVerification {
  /** RFC 3339 in UTC. */
  readonly time: string;
  /** The newest commit then. */
  readonly index: number;
  readonly depth: string;
}

/** A verification that found damage, by its first finding. */
export interface FailedVerification {
  readonly time: string;
  readonly depth: string;
  readonly code: string;
  readonly where: string;
  readonly message: string;
}

/** The outcome of the last verifications by this installation. */
export interface LastVerification {
  readonly passed?: PassedVerification | undefined;
  /** Damage that no later verification, as deep, has found gone. */
  readonly failed?: FailedVerification | undefined;
}

const NAME = 'verified.json';

/** `state/verified.json`: health stays bad until a verification passes, in whatever process. */
export class LastVerificationFile {
  readonly #folder: StateFolder;
  readonly #disk: Durable;

  constructor(folder: StateFolder, disk: Durable = new Durable()) {
    this.#folder = folder;
    this.#disk = disk;
  }

  /** Reads it; nothing where there is none, or none that can be believed. */
  read(): LastVerification {
    const { text } = findStateFile(this.#folder, NAME);
    const found = text === undefined ? undefined : parseObject(text);
    return {
      passed: texts(found?.['passed'], ['time', 'depth']) as PassedVerification | undefined,
      failed: texts(found?.['failed'], ['time', 'depth', 'code', 'where', 'message']) as FailedVerification | undefined,
    };
  }

  /** @throws StoreError STORE_UNREADABLE, STORE_READONLY, STORE_FULL, STATE_UNKNOWN */
  async write(last: LastVerification): Promise<void> {
    await this.#folder.make();
    const { path } = this.#folder;
    await this.#disk.writeFile(path, join(path, NAME), Buffer.from(`${JSON.stringify(last)}\n`), 0o600);
  }
}

function texts(value: unknown, names: readonly string[]): object | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Record<string, unknown>;
  const sound =
    names.every((name) => typeof fields[name] === 'string') && !Number.isNaN(Date.parse(String(fields['time'])));
  return sound && (fields['index'] === undefined || isIndex(fields['index'])) ? fields : undefined;
}
