import { join } from 'node:path';
import { type AccessToken, isAccessToken } from '../core/access/token.ts';
import { StoreError } from '../core/errors.ts';
import { Durable } from '../disk/durable.ts';
import { findStateFile, isIndex, parseObject } from './state-file.ts';
import type { StateFolder } from './state-folder.ts';

/** The name of the file in `state/`. */
export const TOKEN_FILE = 'tokens.json';

interface Contents {
  /** Grows by one with every change. */
  readonly revision: number;
  readonly tokens: readonly AccessToken[];
}

/** `state/tokens.json`: the tokens of this installation, each as a hash of its secret. */
export class TokenFile {
  readonly path: string;
  readonly #folder: StateFolder;
  readonly #disk: Durable;

  constructor(folder: StateFolder, disk: Durable = new Durable()) {
    this.path = join(folder.path, TOKEN_FILE);
    this.#folder = folder;
    this.#disk = disk;
  }

  /** Returns the tokens there are; undefined where there is no file. @throws StoreError STORE_UNREADABLE when it is damaged */
  read(): readonly AccessToken[] | undefined {
    return this.#contents()?.tokens;
  }

  /**
   * Replaces the tokens by what `change` makes of them. Of several processes that do so at once, each builds on the one before:
   * the one that gets the name of the next revision goes first, and the others finish its work should it have ended right there.
   *
   * @throws StoreError STORE_UNREADABLE, STORE_READONLY, STORE_FULL, and what `change` throws
   */
  async change(change: (tokens: readonly AccessToken[]) => readonly AccessToken[]): Promise<void> {
    await this.#folder.make();
    for (;;) {
      const { revision, tokens } = this.#contents() ?? { revision: 0, tokens: [] };
      const next: Contents = { revision: revision + 1, tokens: change(tokens) };
      const claim = join(this.#folder.path, `tokens-${next.revision}.json`);
      const bytes = Buffer.from(`${JSON.stringify(next, undefined, 2)}\n`);
      const outcome = await this.#disk.link(this.#disk.stage(this.#folder.path, bytes, 0o600), claim);
      const isNext = (this.#contents()?.revision ?? 0) === revision;
      if (isNext) await this.#disk.move(claim, this.path);
      else if (outcome === 'linked') await this.#disk.remove(claim);
      if (isNext && outcome === 'linked') return;
    }
  }

  #contents(): Contents | undefined {
    const { text, damaged } = findStateFile(this.#folder, TOKEN_FILE);
    if (damaged !== undefined) throw unusable(damaged);
    if (text === undefined) return undefined;
    const { revision, tokens } = parseObject(text) ?? {};
    if (!isIndex(revision) || !Array.isArray(tokens) || !tokens.every(isAccessToken))
      throw unusable(`${this.path} is not a list of tokens`);
    return { revision, tokens };
  }
}

function unusable(message: string): StoreError {
  return new StoreError('STORE_UNREADABLE', message, {
    hint: 'No token of that file is accepted. Move it away, and make the tokens again.',
  });
}
