import { spellInvisible, spellLine } from '../../core/visible.ts';

/** One column: its heading, the cell of a row, and on which side it is aligned. */
export interface Column<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => string;
  readonly align?: 'left' | 'right';
  /** The most characters of a cell; longer ones are cut with an ellipsis. */
  readonly maxChars?: number;
  /** Applied after the padding, so that colour does not disturb the alignment. */
  readonly style?: (text: string) => string;
}

/** Renders rows as aligned lines under a heading, two spaces between columns, no space at the end of a line. */
export function table<Row>(rows: readonly Row[], columns: ReadonlyArray<Column<Row>>): string[] {
  const cells = rows.map((row) =>
    columns.map(({ cell, maxChars }) => cut(spellInvisible(cell(row).replace(/\s+/g, ' ')), maxChars)),
  );
  const widths = columns.map(({ heading }, at) =>
    Math.max(heading.length, ...cells.map((line) => line[at]?.length ?? 0)),
  );
  const line = (texts: readonly string[], styled: boolean) =>
    columns
      .map(({ align, style }, at) => {
        const text = texts[at] ?? '';
        const width = widths[at] ?? 0;
        const last = at === columns.length - 1;
        const padded = align === 'right' ? text.padStart(width) : last ? text : text.padEnd(width);
        return styled && style ? style(padded) : padded;
      })
      .join('  ')
      .trimEnd();
  return [
    line(
      columns.map(({ heading }) => heading),
      false,
    ),
    ...cells.map((texts) => line(texts, true)),
  ];
}

/** Labels and values as two aligned columns. */
export function pairs(rows: ReadonlyArray<readonly [label: string, value: string]>): string[] {
  const width = Math.max(0, ...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${label.padEnd(width)}  ${spellLine(value)}`.trimEnd());
}

/** Formats bytes for people: `512 B`, `1.3 kB`, `2.4 MB` (powers of 1,000). */
export function formatSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), units.length);
  return `${(bytes / 1_000 ** power).toFixed(1)} ${units[power - 1] ?? ''}`;
}

/** Formats an RFC 3339 time as `2026-11-20 00:00:00Z`. */
export function formatTime(time: string): string {
  return time.replace('T', ' ').replace(/\.\d+Z$/, 'Z');
}

function cut(text: string, maxChars: number | undefined): string {
  return maxChars === undefined || text.length <= maxChars ? text : `${text.slice(0, maxChars - 1)}…`;
}
