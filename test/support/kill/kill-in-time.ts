import { inParallel } from '../in-parallel.ts';
import { sayLeftOut } from '../left-out.ts';
import type { TimeShare } from '../time-left.ts';
import type { KillPoint } from './kill-points.ts';

/** Kills at the points in their order, at so many at once, as long as there is time for them; says how many. What is left out is said loudly. */
export async function killInTime(
  what: string,
  {
    atOnce,
    time,
    points,
  }: { readonly atOnce: number; readonly time: TimeShare; readonly points: readonly KillPoint[] },
  killAt: (point: KillPoint, index: number) => Promise<void>,
): Promise<number> {
  const killed = await inParallel(atOnce, points, killAt, time.next());
  if (killed < points.length) sayLeftOut(`${what}: killed at ${killed} of ${points.length} times a ${points[0]?.at}`);
  return killed;
}
