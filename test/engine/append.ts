import { sha256Hex } from '../../src/core/digest.ts';
import type { Engine, LogRange, PendingObject, StagedEntry } from '../../src/engine/port.ts';

/** Enough for every test. */
export const ALL = { commits: 10_000, bytes: 1_000_000_000 } as const;

/** Stages an entry with this text. */
export function stage(
  engine: Engine,
  index: number,
  text: string,
  artifacts: readonly PendingObject[] = [],
): StagedEntry {
  return engine.log.stage({ index, envelope: Buffer.from(text), artifacts });
}

/** Appends one entry; false when its index was taken. */
export async function append(
  engine: Engine,
  index: number,
  text: string,
  artifacts: readonly PendingObject[] = [],
): Promise<boolean> {
  return (await engine.log.publish([stage(engine, index, text, artifacts)])) === 1;
}

/** Appends a text to whatever end the log has. */
async function _appendNext(engine: Engine, text: string): Promise<number> {
  for (let index = 0; ; index++)
    if (engine.log.peek(index) !== true && (await append(engine, index, text))) return index;
}

/** The entries of a range as text. */
export function texts({ envelopes }: LogRange): string[] {
  return envelopes.map((envelope) => Buffer.from(envelope).toString());
}

/** The whole log as text. */
export async function logOf(engine: Engine): Promise<string[]> {
  return texts(await engine.log.readRange(0, ALL));
}

/** A draft's key for a name. */
export function keyOf(name: string): string {
  return sha256Hex(name);
}
