import { spellInvisible, spellLine } from '../../core/visible.ts';
import { cutToWidth, displayWidth } from './display-width.ts';

/** One column: its heading, the cell of a row, and on which side it is aligned. */
export interface Column<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => string;
  readonly align?: 'left' | 'right';
  /** The most columns of the terminal a cell takes; longer ones are cut with an ellipsis, further where there is no room. */
  readonly maxChars?: number;
  /** Left out where there is no room for all columns, those with the highest number first. */
  readonly spare?: number;
  /** Applied after the padding, so that colour does not disturb the alignment. */
  readonly style?: (text: string) => string;
}

/** Columns of the terminal that a cell keeps at least. */
const LEAST = 12;
const GAP = '  ';

/** A column as it is laid out. */
interface Laid<Row> {
  readonly column: Column<Row>;
  readonly cells: readonly string[];
  width: number;
}

/**
 * Renders rows as aligned lines under a heading, two spaces between columns, no space at the end of a line.
 *
 * @param room `width` is that of the terminal, of which `indent` columns are taken: columns are cut, then left out, until the
 * lines fit
 */
export function table<Row>(
  rows: readonly Row[],
  columns: ReadonlyArray<Column<Row>>,
  { width, indent = 0 }: { readonly width?: number | undefined; readonly indent?: number } = {},
): string[] {
  const laid = fitColumns(
    columns.map((column) => lay(column, rows)),
    (width ?? Number.POSITIVE_INFINITY) - indent,
  );
  const line = (texts: readonly string[], styled: boolean) =>
    laid
      .map(({ column: { align, style }, width: columnWidth }, at) => {
        const text = cutToWidth(texts[at] ?? '', columnWidth);
        const space = ' '.repeat(columnWidth - displayWidth(text));
        const padded = align === 'right' ? space + text : at === laid.length - 1 ? text : text + space;
        return styled && style ? style(padded) : padded;
      })
      .join(GAP)
      .trimEnd();
  return [
    line(
      laid.map(({ column }) => column.heading),
      false,
    ),
    ...rows.map((_, row) =>
      line(
        laid.map(({ cells }) => cells[row] ?? ''),
        true,
      ),
    ),
  ];
}

function lay<Row>(column: Column<Row>, rows: readonly Row[]): Laid<Row> {
  const { heading, cell, maxChars = Number.POSITIVE_INFINITY } = column;
  const cells = rows.map((row) => cutToWidth(spellInvisible(cell(row).replace(/\s+/g, ' ')), maxChars));
  return { column, cells, width: Math.max(heading.length, ...cells.map(displayWidth)) };
}

/** Leaves columns out and cuts others until a line fits, as far as that goes. */
function fitColumns<Row>(columns: ReadonlyArray<Laid<Row>>, room: number): ReadonlyArray<Laid<Row>> {
  const kept = [...columns];
  const least = (each: Laid<Row>) => (each.column.maxChars === undefined ? each.width : Math.min(each.width, LEAST));
  const total = (of: (each: Laid<Row>) => number) =>
    kept.reduce((sum, each) => sum + of(each), GAP.length * (kept.length - 1));
  while (total(least) > room) {
    const spare = Math.max(...kept.map(({ column }) => column.spare ?? 0));
    if (spare === 0) break;
    kept.splice(
      kept.findIndex(({ column }) => column.spare === spare),
      1,
    );
  }
  for (let excess = total(({ width }) => width) - room; excess > 0; ) {
    const [widest, next] = kept.filter((each) => each.width > least(each)).sort((a, b) => b.width - a.width);
    if (widest === undefined) break;
    const by = Math.min(excess, widest.width - Math.max(least(widest), (next?.width ?? 0) - 1));
    widest.width -= by;
    excess -= by;
  }
  return kept;
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

/** Formats an RFC 3339 time in UTC as `2026-11-20 00:00:00` on this machine's clock, or as `2026-11-20 00:00:00Z`. */
export function formatTime(time: string, zone: 'local' | 'utc' = 'utc'): string {
  const instant = new Date(time);
  if (zone === 'utc' || Number.isNaN(instant.getTime())) return time.replace('T', ' ').replace(/\.\d+Z$/, 'Z');
  const two = (value: number) => String(value).padStart(2, '0');
  const date = [instant.getFullYear(), instant.getMonth() + 1, instant.getDate()].map(two).join('-');
  return `${date} ${[instant.getHours(), instant.getMinutes(), instant.getSeconds()].map(two).join(':')}`;
}
