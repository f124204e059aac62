import { EXIT, Problem } from '../../core/problem.ts';
import type { Host } from '../../io/ports.ts';
import { pruneScript } from '../journal-readers.ts';
import { lockedProblem } from '../refusals.ts';
import type { PresentImage, PrunePlan } from './plan-prune.ts';

/** Those of the images that are on the host. */
export async function lookAtImages(host: Host, ids: readonly string[]): Promise<readonly PresentImage[]> {
  if (ids.length === 0) return [];
  const { stdout } = await host.run(pruneScript, { args: ['look', ...ids] });
  return [...stdout.matchAll(/^(sha256:[0-9a-f]{64}) (\d+) \[(.*)\]$/gm)].map(([, id = '', size, tags = '']) => ({
    id,
    size: Number(size),
    tags: tags.split(' ').filter((tag) => tag !== ''),
  }));
}

export interface Pruned {
  readonly units: readonly string[];
  /** Ids of images that are gone. */
  readonly images: readonly string[];
  /** Bytes of these images. */
  readonly freed: number;
  /** What docker would not remove, and why. */
  readonly kept: readonly string[];
}

/** @throws Problem `locked`, `prune-overtaken` or `prune-failed` */
export async function prune(host: Host, { details }: PrunePlan, environment: string): Promise<Pruned> {
  const { state, lastRun = '', units, images } = details;
  const args = [
    ...units.flatMap((tag) => ['unit', tag, '-']),
    ...images.flatMap(({ id, refs }) => refs.flatMap((ref) => ['image', ref, id])),
  ];
  const { exitCode, stdout, stderr } = await host.run(pruneScript, { args: ['act', state, lastRun, ...args] });
  if (exitCode === 75) throw lockedProblem(host.name, environment);
  if (exitCode === 76) throw overtaken(host.name, environment);
  const lines = stdout.split('\n');
  const removed = new Set(lines);
  const gone = images.filter(({ refs }) => refs.every((ref) => removed.has(`image ${ref}`)));
  const result = {
    units: units.filter((tag) => removed.has(`unit ${tag}`)),
    images: gone.map(({ id }) => id),
    freed: gone.reduce((sum, { size }) => sum + size, 0),
    kept: lines.filter((line) => line.startsWith('kept ')).map((line) => line.slice(5)),
  };
  if (exitCode === 0 && result.units.length === units.length) return result;
  throw new Problem({
    code: 'prune-failed',
    what: `not everything could be removed on ${host.name}`,
    why: stderr.trim(),
    fix: `tagship prune ${environment} --dry-run`,
    exit: EXIT.resumable,
  });
}

function overtaken(host: string, environment: string): Problem {
  return new Problem({
    code: 'prune-overtaken',
    what: `another run has begun on ${host} since it was looked at; nothing was removed there`,
    why: 'it may need what was spare before it',
    fix: `tagship prune ${environment}`,
    exit: EXIT.refused,
  });
}
