import { expect, it } from 'vitest';
import { boardLines } from '../../src/cli/fleet-board.ts';

const lines = (...signs: readonly ('·' | '→' | '✔' | '✘')[]) =>
  new Map(signs.map((sign, index) => [`pi@h${index}`, { sign, steps: 9, done: index, text: 'fetch\nv1\x1b[2J' }]));
const screen = { columns: 40, rows: 24 };

it('a board has a line per host, cut to the screen, and nothing that drives it', () => {
  expect(boardLines(lines('→', '✔'), screen)).toEqual(['→ pi@h0  0/9 fetch v1', '✔ pi@h1  1/9 fetch v1']);
  expect(boardLines(lines('→'), { columns: 12, rows: 24 })).toEqual(['→ pi@h0  0/']);
});

it('a screen too small for all shows what failed and what is at work, in their order, and counts the others', () => {
  const told = boardLines(lines('✔', '→', '·', '✘', '✔'), { columns: 40, rows: 4 });
  expect(told).toEqual(['→ pi@h1  1/9 fetch v1', '✘ pi@h3  3/9 fetch v1', '  and 3 more: 1 ·, 2 ✔']);
});
