import { isStoreError } from '../../../core/errors.ts';
import type { StoreReader } from '../../../store/api/reader.ts';
import type { Content } from '../../shared/content-changes.ts';

/** Larger content is not compared; bytes. */
const MAX_BYTES = 262_144;
/** All comparing ends after this time, and this many versions. */
const MAX_MS = 1_500;
const MAX_READS = 400;

/** Reads versions for comparison, as long as that is cheap. */
export class Contents {
  readonly #reader: StoreReader;
  readonly #untilMs = performance.now() + MAX_MS;
  #reads = 0;

  constructor(reader: StoreReader) {
    this.#reader = reader;
  }

  /**
   * Returns a version and the one before it; undefined where the version cannot be read, is large, or enough was read.
   *
   * @param size the version's, in bytes
   */
  async pair(
    name: string,
    version: number,
    size: number,
  ): Promise<{ readonly before: Content | undefined; readonly after: Content } | undefined> {
    if (size > MAX_BYTES || this.#reads >= MAX_READS || performance.now() > this.#untilMs) return undefined;
    try {
      const { items } = await this.#reader.versions(name, { before: version, limit: 1 });
      const [previous] = items;
      const hasBefore = previous?.version === version - 1 && previous.action !== 'delete';
      if (hasBefore && previous.size > MAX_BYTES) return undefined;
      const after = await this.#read(name, version);
      return { before: hasBefore ? await this.#read(name, version - 1) : undefined, after };
    } catch (error) {
      // Purged or damaged content is not compared; that it is damaged, a verification says.
      if (isStoreError(error)) return undefined;
      throw error;
    }
  }

  async #read(name: string, version: number): Promise<Content> {
    this.#reads++;
    const { row, bytes } = await this.#reader.read(name, version);
    return { bytes, mediaType: row.mediaType };
  }
}
