import { EXIT, Problem } from '../../core/problem.ts';
import { shellQuote } from '../../core/shell-quote.ts';
import type { Host } from '../../io/ports.ts';
import backupsScript from '../host/backups.sh';

export interface Backup {
  readonly path: string;
  /** Seconds since 1970, by the clock of the host. */
  readonly made: number;
}

/** The backups of a host, the newest first. */
export interface Backups {
  /** The host's own time, seconds since 1970. */
  readonly now: number;
  readonly list: readonly Backup[];
}

/** @throws Problem `backups-unseen` when its command fails */
export async function lookAtBackups(host: Host, command: string, signal?: AbortSignal): Promise<Backups> {
  const { exitCode, stdout, stderr } = await host.run(backupsScript, {
    args: [command],
    ...(signal === undefined ? {} : { signal }),
  });
  if (exitCode === 0) return parseBackups(stdout);
  throw new Problem({
    code: 'backups-unseen',
    what: `the backups on ${host.name} cannot be listed`,
    why: stderr.trim(),
    fix: `on ${host.name}: sh -c ${shellQuote(`${command} --list`)}   (the command is backup.restore of tagship.yaml)`,
    exit: EXIT.refused,
  });
}

export function parseBackups(text: string): Backups {
  const [, now = '0'] = /^now (\d+)$/m.exec(text) ?? [];
  const list = [...text.matchAll(/^backup (\d+) (\/.+)$/gm)].map(([, made, path = '']) => ({
    path,
    made: Number(made),
  }));
  return { now: Number(now), list: list.sort((a, b) => b.made - a.made) };
}
