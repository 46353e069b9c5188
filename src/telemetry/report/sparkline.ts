const BLOCKS = '▁▂▃▄▅▆▇█';

/** Numbers as a row of bars, the largest as high as a line; `·` where there is nothing. */
export function sparkline(values: readonly number[]): string {
  const max = Math.max(0, ...values);
  return values.map((value) => (value <= 0 ? '·' : BLOCKS[Math.ceil((value / max) * BLOCKS.length) - 1])).join('');
}
