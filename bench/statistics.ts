/** A sample's quantiles, in the unit of its values. */
export interface Quantiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly count: number;
}

/** Quantiles by the nearest rank; of at least one value. */
export function quantiles(values: readonly number[]): Quantiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), count: sorted.length };
}

/**
 * Runs every contender once per round, in turn, so that whatever else the machine does falls on all of them alike.
 * What the first `warmUpRounds` measure is not counted.
 */
export async function interleave<Name extends string>(
  { rounds, warmUpRounds }: { rounds: number; warmUpRounds: number },
  contenders: Readonly<Record<Name, (round: number) => Promise<number>>>,
): Promise<Record<Name, Quantiles>> {
  const samples = new Map<string, number[]>();
  const entries = Object.entries(contenders) as [Name, (round: number) => Promise<number>][];
  for (let round = 0; round < warmUpRounds + rounds; round += 1) {
    for (const [name, measure] of entries) {
      const values = samples.get(name) ?? [];
      samples.set(name, values);
      const value = await measure(round);
      if (round >= warmUpRounds) values.push(value);
    }
  }
  return Object.fromEntries(entries.map(([name]) => [name, quantiles(samples.get(name) ?? [])])) as Record<
    Name,
    Quantiles
  >;
}
