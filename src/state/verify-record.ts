import { join } from 'node:path';
import { type Hex, isHexDigest } from '../core/digest.ts';
import { Durable } from '../disk/durable.ts';
import { findStateFile, isIndex, parseObject } from './state-file.ts';
import type { StateFolder } from './state-folder.ts';

/** What the last verification of the whole store found. */
export interface VerifyOutcome {
  /** When it ended, UTC, RFC 3339 with milliseconds. */
  readonly time: string;
  readonly ok: boolean;
  /** The head that it went up to; undefined for an empty store. */
  readonly head: { readonly index: number; readonly commit: Hex } | undefined;
  /** The codes of its findings, each once. */
  readonly codes: readonly string[];
}

const NAME = 'verify.json';
const MAX_CODES = 32;

/** `state/verify.json`: when this installation last verified the store, and how that ended. */
export class VerifyRecord {
  readonly #folder: StateFolder;
  readonly #disk: Durable;

  constructor(folder: StateFolder, disk: Durable = new Durable()) {
    this.#folder = folder;
    this.#disk = disk;
  }

  /** Returns the outcome; undefined when there is none, or it is damaged. Never throws. */
  read(): VerifyOutcome | undefined {
    const { text } = findStateFile(this.#folder, NAME);
    return text === undefined ? undefined : parseOutcome(text);
  }

  /** Writes the outcome over the one before. @throws StoreError STORE_UNREADABLE, STORE_READONLY, STORE_FULL */
  async write({ time, ok, head, codes }: VerifyOutcome): Promise<void> {
    await this.#folder.make();
    const record = { time, ok, head: head ?? null, codes: [...new Set(codes)].slice(0, MAX_CODES) };
    const { path } = this.#folder;
    await this.#disk.writeFile(path, join(path, NAME), Buffer.from(`${JSON.stringify(record)}\n`), 0o600);
  }
}

function parseOutcome(text: string): VerifyOutcome | undefined {
  const { time, ok, head, codes } = parseObject(text) ?? {};
  if (!isTime(time) || typeof ok !== 'boolean' || !isCodes(codes)) return undefined;
  if (head === null) return { time, ok, head: undefined, codes };
  const { index, commit } = (typeof head === 'object' ? head : {}) as { index?: unknown; commit?: unknown };
  return isIndex(index) && isHexDigest(commit) ? { time, ok, head: { index, commit }, codes } : undefined;
}

function isTime(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) return false;
  const date = new Date(value);
  return !Number.isNaN(date.getTime()) && date.toISOString() === value;
}

function isCodes(value: unknown): value is string[] {
  return (
    Array.isArray(value) &&
    value.length <= MAX_CODES &&
    value.every((code) => typeof code === 'string' && /^[A-Z][A-Z_]{0,40}$/.test(code))
  );
}
