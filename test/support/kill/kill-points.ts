import { readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where in a run tagship is killed, with SIGKILL. */
export interface KillPoint {
  readonly at: 'git process' | 'file write' | 'ref transaction';
  /** The how-manieth of its kind, from 1. */
  readonly number: number;
  /** `alone`: what it started lives on; `with git`: the git at hand dies too; or how much of a write happened. */
  readonly mode: 'alone' | 'with git' | 'before' | 'after' | 'torn';
}

const MODES: Readonly<Record<KillPoint['at'], readonly KillPoint['mode'][]>> = {
  'git process': ['alone', 'with git'],
  'file write': ['before', 'after', 'torn'],
  'ref transaction': ['alone', 'with git'],
};

const FILE_WRITES = fileURLToPath(new URL('./file-writes.mjs', import.meta.url));

/**
 * Counts a line per event in `$KILL_LOG`, which says what it is, and, at the one wanted, kills tagship and perhaps the git at hand. Events may
 * come at the same time: the folder lets one of them through.
 */
const COUNT_AND_KILL = `
echo "$what" >>"$KILL_LOG"
[ "$KILL_AT" -gt 0 ] && [ "$(wc -l <"$KILL_LOG")" -ge "$KILL_AT" ] && mkdir "$KILL_LOG.done" 2>/dev/null && {
  kill -9 "\${TAGSHIP_STARTED_BY%%.*}"
  [ "$KILL_MODE" = alone ] || kill -9 "$git"
}`;

/** Puts the traps for one kind of kill point around a repository and returns the environment that arms them. */
export async function armKillPoint(
  app: string,
  folder: string,
  { at, number, mode }: KillPoint,
): Promise<Readonly<Record<string, string>>> {
  const log = join(folder, 'events');
  await writeFile(log, '');
  const armed = { KILL_LOG: log, KILL_AT: String(number), KILL_MODE: mode };
  if (at === 'file write') return { ...armed, NODE_OPTIONS: `--import ${FILE_WRITES}` };
  if (at === 'git process') {
    const bin = join(folder, 'bin');
    await mkdir(bin, { recursive: true });
    await writeFile(
      join(bin, 'git'),
      `#!/bin/sh\ngit=$$\nwhat=$1\n[ "$what" != -c ] || what=$3\n${COUNT_AND_KILL}\nPATH=\${PATH#*:} exec git "$@"\n`,
    );
    await chmod(join(bin, 'git'), 0o755);
    return { ...armed, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` };
  }
  // The hook runs at the states prepared, committed and aborted of every transaction (githooks(5)).
  const hook = join(app, '.git/hooks/reference-transaction');
  await writeFile(hook, `#!/bin/sh\ngit=$PPID\nwhat=$1\n${COUNT_AND_KILL}\nexit 0\n`);
  await chmod(hook, 0o755);
  return armed;
}

/** A git that only reads leaves the same behind whether or not it dies too. */
const READING: readonly string[] = ['rev-parse', 'for-each-ref', 'var', 'cat-file', 'ls-remote', 'log', 'status'];

/** Whether a kill there leaves what another point leaves already. A sync changes nothing that a process can see. */
function isRepeated(name: string, mode: KillPoint['mode']): boolean {
  if (mode === 'torn') return !name.startsWith('write');
  return (mode === 'before' && name === 'sync') || (mode === 'with git' && READING.includes(name));
}

/** Every kill point of a kind, after a run that was not killed has counted the events. */
export function killPointsOf(at: KillPoint['at'], folder: string): readonly KillPoint[] {
  const names = readFileSync(join(folder, 'events'), 'utf8').split('\n').filter(Boolean);
  return names.flatMap((name, index) =>
    MODES[at].filter((mode) => !isRepeated(name, mode)).map((mode) => ({ at, number: index + 1, mode })),
  );
}
