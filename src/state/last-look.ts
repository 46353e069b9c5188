import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Durable } from '../disk/durable.ts';
import { findStateFile, parseObject } from './state-file.ts';
import type { StateFolder } from './state-folder.ts';

const NAME = 'last-look.json';
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** `state/last-look.json`: when a person last looked at the review of telemetry. */
export class LastLookFile {
  readonly #folder: StateFolder;
  readonly #disk: Durable;

  constructor(folder: StateFolder, disk: Durable = new Durable()) {
    this.#folder = folder;
    this.#disk = disk;
  }

  /** Returns the time, in milliseconds since 1970; undefined where none is remembered, or it cannot be believed. */
  read(): number | undefined {
    const { text } = findStateFile(this.#folder, NAME);
    const time = text === undefined ? undefined : parseObject(text)?.['time'];
    const timeMs = typeof time === 'string' && TIME.test(time) ? Date.parse(time) : Number.NaN;
    // A look that is still to come is of a clock that was wrong.
    return timeMs <= Date.now() ? timeMs : undefined;
  }

  /** Remembers a look, where there is a folder to remember it in. @throws StoreError STORE_UNREADABLE, STORE_READONLY, STORE_FULL */
  async write(timeMs: number): Promise<void> {
    const { path } = this.#folder;
    if (!existsSync(path)) return;
    await this.#folder.make();
    const line = `${JSON.stringify({ time: new Date(timeMs).toISOString() })}\n`;
    await this.#disk.writeFile(path, join(path, NAME), Buffer.from(line), 0o600);
  }
}
