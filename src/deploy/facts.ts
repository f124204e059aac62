import * as z from 'zod';
import { withoutPassword } from '../core/without-password.ts';
import type { Answer } from './health.ts';
import type { DeployPlan } from './plan-shape.ts';
import { type JournalLine, type LockInfo, parseHistory, parseJournal, parseLockInfo, type RunRecord } from './run.ts';
import { parseSavedPlan } from './saved-plan.ts';

/** A container that was started in the app directory. */
const containerSchema = z.object({
  id: z.string(),
  name: z.string().transform((name) => name.replace(/^\//, '')),
  service: z.string(),
  oneOff: z.string(),
  imageName: z.string(),
  imageId: z.string(),
  state: z.string(),
  exitCode: z.number(),
  health: z.string().nullable(),
  startedAt: z.string(),
  restarts: z.number(),
});
export type Container = z.output<typeof containerSchema>;

/** Room on a file system, in bytes. */
export interface Disk {
  /** Where it is mounted. */
  readonly mount: string;
  readonly free: number;
}

export interface RemoteTag {
  readonly tag: string;
  /** What the tag stands for, an annotated one peeled. */
  readonly commit: string;
  /** The tag itself, where that is known: of an annotated one another object than its commit. */
  readonly object?: string;
}

/** What is kept of a release, as far as a plan has to know it. */
export interface KeptUnit {
  readonly tag: string;
  /** Its environment files that are not as it ran with them. */
  readonly changedFiles: readonly string[];
}

/** The clone in the app directory. */
export interface Clone {
  readonly gitDir: string;
  /** Whether the app directory is the root of the clone. */
  readonly atTop: boolean;
  readonly head: string | undefined;
  readonly branch: string | undefined;
  readonly tagsHere: readonly string[];
  /** Tracked files that were edited on the host, as `git status --porcelain` prints them. */
  readonly dirty: readonly string[];
  /** Address of origin, without its password. */
  readonly origin: string | undefined;
  readonly writable: boolean;
}

/** What one look found on a host. An undefined value could not be had; its `…Error` says why, where there is one. */
export interface HostFacts {
  readonly host: string;
  readonly user: string;
  readonly tools: ReadonlySet<string>;
  /** The login's end is the end of everything it started, a detached runner too. */
  readonly logoutKills: boolean;
  /** The user's services outlive the login. */
  readonly lingers: boolean;
  readonly folder: boolean;
  readonly clone: Clone | undefined;
  readonly cloneError: string | undefined;
  /** Of the host's origin; with `source: push`, of the repository here. */
  readonly remoteTags: readonly RemoteTag[] | undefined;
  readonly remoteError: string | undefined;
  /** Version of the engine. */
  readonly docker: string | undefined;
  readonly dockerError: string | undefined;
  readonly compose: ComposeProgram | undefined;
  /** Version of the Compose program. */
  readonly composeVersion: string | undefined;
  readonly containers: readonly Container[];
  /** Why containers could not be seen, which is not the same as none. */
  readonly containersError: string | undefined;
  /** A runner, or a step that outlived its runner, is at work. */
  readonly locked: boolean;
  readonly lockInfo: LockInfo | undefined;
  /** Seconds since the runner that holds the lock was last seen alive. */
  readonly silence: number | undefined;
  /** The plan of the run that has begun and not ended, where the host can end it by itself. */
  readonly openPlan: DeployPlan | undefined;
  /** systemd settles at a boot what was open; undefined where there is no systemd. */
  readonly settlesAtBoot: boolean | undefined;
  /** Releases of which all that belongs to them is kept; only looked for where one is to be rolled back to. */
  readonly units: readonly KeptUnit[];
  readonly journal: readonly JournalLine[];
  /** The run that began last, whole line or torn, exactly as the runner will read it. */
  readonly lastRun: string | undefined;
  readonly history: readonly RunRecord[];
  /** Seconds since 1970 by the host's clock, at the end of the look. */
  readonly clock: number | undefined;
  /** Memory and swap that are free, in bytes; looked for before a deployment only, as the disks are. */
  readonly memory: number | undefined;
  /** Of the clone and of the engine. */
  readonly disks: readonly Disk[];
  /** What it proves itself by, asked once and for a status only. */
  readonly health: readonly Answer[] | undefined;
}

export type ComposeProgram = 'docker compose' | 'docker-compose';

/** Reads what `host/look.sh` printed; undefined when it was cut short. */
export function parseFacts(host: string, text: string): HostFacts | undefined {
  const facts = parseSections(text);
  if (!facts.has('complete')) return undefined;
  const lines = (name: string) => (facts.get(name) ?? '').split('\n').filter((line) => line !== '');
  return {
    host,
    user: facts.get('user') ?? '',
    tools: new Set(lines('tools')),
    logoutKills: facts.has('logout-kills'),
    lingers: facts.has('lingers'),
    folder: facts.has('folder'),
    clone: parseClone(facts, lines),
    cloneError: facts.get('top-error'),
    remoteTags: facts.has('remote-tags') ? parseRemoteTags(lines('remote-tags')) : undefined,
    remoteError: shown(facts.get('remote-tags-error')),
    docker: facts.get('docker'),
    dockerError: facts.get('docker-error'),
    compose: facts.has('compose-v2') ? 'docker compose' : facts.has('compose-v1') ? 'docker-compose' : undefined,
    composeVersion: facts.get('compose-v2') ?? facts.get('compose-v1'),
    containers: lines('containers')
      .map((line) => containerSchema.parse(JSON.parse(line)))
      .filter((container) => container.oneOff !== 'True'),
    containersError: facts.get('containers-error'),
    locked: facts.has('lock'),
    lockInfo: parseLockInfo(facts.get('lock-info')),
    silence: facts.has('silence') ? Number(facts.get('silence')) : undefined,
    openPlan: parseSavedPlan(facts.get('open-plan'), host),
    settlesAtBoot: facts.has('systemd') ? facts.has('settles-at-boot') : undefined,
    units: parseUnits(lines('units')),
    journal: parseJournal(facts.get('journal')),
    lastRun: facts.get('last-run') || undefined,
    history: parseHistory(facts.get('history')),
    clock: numberIn(facts.get('clock')),
    memory: kilobytes(numberIn(facts.get('memory'))),
    disks: lines('disks').flatMap(parseDisk),
    health: undefined,
  };
}

const numberIn = (text: string | undefined) => (text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined);
const kilobytes = (count: number | undefined) => (count === undefined ? undefined : count * 1024);

/** A line of `df -Pk`. Names of devices and of folders may hold blanks. */
function parseDisk(line: string): readonly Disk[] {
  const [, free, mount] = /\s\d+\s+\d+\s+(-?\d+)\s+(?:\d+%|-)\s+(\/.*)$/.exec(line) ?? [];
  return free === undefined || mount === undefined ? [] : [{ mount, free: Number(free) * 1024 }];
}

const shown = (text: string | undefined) => (text === undefined ? undefined : withoutPassword(text));

/** A section is a name on a line of its own; its value's lines follow, each after one blank. */
function parseSections(text: string): ReadonlyMap<string, string> {
  const sections = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith(' ')) {
      current.push(line.slice(1));
    } else if (line !== '') {
      current = [];
      sections.set(line, current);
    }
  }
  return new Map([...sections].map(([name, lines]) => [name, lines.join('\n')]));
}

function parseClone(facts: ReadonlyMap<string, string>, lines: (name: string) => string[]): Clone | undefined {
  const gitDir = facts.get('git-dir');
  if (gitDir === undefined) return undefined;
  return {
    gitDir,
    atTop: facts.get('top') === facts.get('here'),
    head: facts.get('head'),
    branch: facts.get('branch'),
    tagsHere: lines('tags-here'),
    dirty: lines('dirty'),
    origin: shown(facts.get('origin')),
    writable: facts.has('writable'),
  };
}

/** Lines "unit TAG", each followed by "changed PATH" for its files. */
function parseUnits(lines: readonly string[]): readonly KeptUnit[] {
  const units: { tag: string; changedFiles: string[] }[] = [];
  for (const line of lines) {
    const [, word, name = ''] = /^(unit|changed) (.+)$/.exec(line) ?? [];
    if (word === 'unit') units.push({ tag: name, changedFiles: [] });
    else if (word === 'changed') units.at(-1)?.changedFiles.push(name);
  }
  return units;
}

/** Lines of `git ls-remote --tags`; a line with `^{}` is the commit of the annotated tag before it. */
function parseRemoteTags(lines: readonly string[]): readonly RemoteTag[] {
  const commits = new Map<string, string>();
  for (const line of lines) {
    const [, commit, tag] = /^([0-9a-f]{40,64})\trefs\/tags\/(.+?)(?:\^\{\})?$/.exec(line) ?? [];
    if (commit !== undefined && tag !== undefined) commits.set(tag, commit);
  }
  return [...commits].map(([tag, commit]) => ({ tag, commit }));
}
