import type { Digest } from '../../core/digest.ts';
import type { VersionRow } from '../api/versions.ts';
import { PackedRows, RowIndex } from './packed-rows.ts';

/** The part of a version that is kept. */
export type KeptVersion = Pick<VersionRow, 'name' | 'version' | 'index' | 'action' | 'digest' | 'size' | 'mediaType'>;

/** Where the members of a row stand, in bytes. */
const AT = { digest: 0, size: 32, version: 40, name: 48, index: 52, kind: 56, artifact: 60 } as const;
const ROW_BYTES = 64;
const DIGEST_BYTES = 32;
const NONE = 0xffff_ffff;

/** The versions of a whole log in 80 bytes each, in the order in which they are added: a million of them as objects would take a gigabyte. */
export class VersionTable {
  readonly #rows = new PackedRows(ROW_BYTES);
  readonly #byDigest = new RowIndex(this.#rows, AT.digest, DIGEST_BYTES);
  readonly #byVersion = new RowIndex(this.#rows, AT.version, AT.index - AT.version);
  readonly #names = new Numbered();
  readonly #kinds = new Numbered();
  /** By the number of the name: its newest row. */
  readonly #heads: number[] = [];
  #artifacts = 0;

  /** How many artifacts `artifacts` returns. */
  get artifactCount(): number {
    return this.#artifacts;
  }

  /** Adds a version. @param withArtifact whether its artifact is one of `artifacts` */
  add({ name, version, index, action, digest, size, mediaType }: KeptVersion, withArtifact: boolean): void {
    const row = this.#rows.add();
    const block = this.#rows.blockOf(row);
    const start = this.#rows.startOf(row);
    const nameNumber = this.#names.add(name);
    block.write(digest, start + AT.digest, 'hex');
    block.writeDoubleLE(size, start + AT.size);
    block.writeDoubleLE(version, start + AT.version);
    block.writeUInt32LE(nameNumber, start + AT.name);
    block.writeUInt32LE(index, start + AT.index);
    block.writeUInt32LE(this.#kinds.add(`${action} ${mediaType}`), start + AT.kind);
    this.#heads[nameNumber] = row;
    this.#byVersion.put(row);
    const before = this.#byDigest.put(row);
    const known = before === undefined ? NONE : this.#artifactOf(before);
    const counts = withArtifact && (known === NONE || action !== 'delete'); // a deletion repeats what it deletes
    block.writeUInt32LE(counts ? row : known, start + AT.artifact);
    if (counts && known === NONE) this.#artifacts++;
  }

  /** Returns the newest version of a config. */
  head(name: string): KeptVersion | undefined {
    const number = this.#names.numberOf(name);
    return number === undefined ? undefined : this.#kept(this.#heads[number]);
  }

  version(name: string, version: number): KeptVersion | undefined {
    const number = this.#names.numberOf(name);
    if (number === undefined) return undefined;
    const key = Buffer.alloc(AT.index - AT.version);
    key.writeDoubleLE(version);
    key.writeUInt32LE(number, AT.name - AT.version);
    return this.#kept(this.#byVersion.get(key));
  }

  /** Returns the newest version with a digest. */
  byDigest(digest: Digest): KeptVersion | undefined {
    return this.#kept(this.#byDigest.get(Buffer.from(digest, 'hex')));
  }

  /** Returns each artifact once, with the newest version that names it; one that was only deleted with its deletion. */
  *artifacts(): Generator<KeptVersion> {
    for (let row = 0; row < this.#rows.count; row++) {
      if (!this.#byDigest.isNewest(row)) continue;
      const artifact = this.#artifactOf(row);
      if (artifact !== NONE) yield this.#kept(artifact) as KeptVersion;
    }
  }

  /** Returns the row that `artifacts` returns for the artifact of a row. */
  #artifactOf(row: number): number {
    return this.#rows.blockOf(row).readUInt32LE(this.#rows.startOf(row) + AT.artifact);
  }

  #kept(row: number | undefined): KeptVersion | undefined {
    if (row === undefined) return undefined;
    const block = this.#rows.blockOf(row);
    const start = this.#rows.startOf(row);
    const kind = this.#kinds.text(block.readUInt32LE(start + AT.kind));
    const space = kind.indexOf(' ');
    return {
      name: this.#names.text(block.readUInt32LE(start + AT.name)),
      version: block.readDoubleLE(start + AT.version),
      index: block.readUInt32LE(start + AT.index),
      action: kind.slice(0, space) as KeptVersion['action'],
      digest: block.toString('hex', start, start + DIGEST_BYTES),
      size: block.readDoubleLE(start + AT.size),
      mediaType: kind.slice(space + 1),
    };
  }
}

/** Texts that occur again and again, each by a number. */
class Numbered {
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [];

  add(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#texts.length);
    return this.#texts.push(text) - 1;
  }

  numberOf(text: string): number | undefined {
    return this.#numbers.get(text);
  }

  text(number: number): string {
    return this.#texts[number] as string;
  }
}
