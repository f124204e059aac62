import { printable } from './render.ts';

/** Columns as wide as their widest cell, two blanks apart; the first row is the heading. */
export function renderTable(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(printable));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** ISO 8601 to the minute, as UTC: `2026-11-23 05:04`. */
export function shortTime(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}
