import { expect, it } from 'vitest';
import { type BatchSize, cutIntoBatches } from '../../../src/deploy/fleet/batches.ts';

it.each<[number, BatchSize[], number[]]>([
  [5, [], [5]],
  [5, [2], [2, 2, 1]],
  [10, [1, '25%', '100%'], [1, 3, 6]],
  [10, ['10%', '25%', '50%'], [1, 3, 5, 1]],
  [3, ['10%'], [1, 1, 1]],
  [3, ['34%', 5], [2, 1]],
  [1, ['1%', 1], [1]],
  [0, [2], []],
])('%i hosts in batches of %j are %j', (count, sizes, expected) => {
  const hosts = Array.from({ length: count }, (_, index) => index);
  const batches = cutIntoBatches(hosts, sizes);
  expect(batches.map((batch) => batch.length)).toEqual(expected);
  expect(batches.flat()).toEqual(hosts);
});
