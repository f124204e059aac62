import { type ContextFact, joinedLines, parseContext } from './context.ts';

/** What is asked of the disk, relative paths from the root of the worktree; nothing here waits, so that a push that was verified is let through at once. */
export interface QuickLook {
  /** Undefined when there is no such file. */
  readonly read: (path: string) => string | undefined;
  readonly exists: (path: string) => boolean;
  readonly isSameFile: (path: string, other: string) => boolean;
  /** Folders of PATH, in order. */
  readonly path: readonly string[];
}

export interface QuickPush {
  /** git's folder that all worktrees share. */
  readonly common: string;
  readonly remote: string;
  readonly url: string;
}

/**
 * The same judgement as fast-path.sh, for whoever calls tagship by another way than that script: whether every commit of
 * a push was verified for this remote with this toolchain. False says nothing: then the push has to be judged.
 * @param input what git gave to pre-push
 */
export function isVerifiedPush(look: QuickLook, { common, remote, url }: QuickPush, input: string): boolean {
  const verified = `${common}/tagship/verified`;
  const held = new Map<string, ReadonlySet<string> | undefined>();
  const protectedBy = (commit: string) => {
    if (!held.has(commit)) held.set(commit, contextOf(look, verified, commit, url));
    return held.get(commit);
  };
  return input
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .every((line) => {
      const [, id, ref, old] = /^\S+ ([0-9a-f]+) refs\/heads\/(\S+) ([0-9a-f]+)$/.exec(line) ?? [];
      if (id === undefined || ref === undefined || old === undefined) return false;
      const isDeletion = isZero(id);
      const kept = isDeletion ? deletionsBarred(look, verified) : protectedBy(id);
      if (kept === undefined || kept.has(`refs/heads/${ref}`)) return false;
      return isDeletion || isRemembered(look.read(`${common}/refs/remotes/${remote}/${ref}`), id, old);
    });
}

const isZero = (id: string) => /^0+$/.test(id);

/** Whether a branch is at the remote what the file says, or what another address of the remote has just got. */
function isRemembered(file: string | undefined, id: string, old: string): boolean {
  const tracked = file?.trimEnd();
  return tracked === undefined || (!isZero(old) && (tracked === old || tracked === id));
}

/** The refs that must stay; undefined where the configuration at hand is not the one that tells. */
function deletionsBarred(look: QuickLook, verified: string): ReadonlySet<string> | undefined {
  return protectedIn(look, look.read(`${verified}/protected`));
}

/** The refs that a verified commit may not reach unjudged; undefined when the commit is not verified, or no more. */
function contextOf(look: QuickLook, verified: string, commit: string, url: string): ReadonlySet<string> | undefined {
  const lines = look.read(`${verified}/pushes/${commit}`)?.split('\n') ?? [];
  const id = lines.find((line) => line.startsWith('for\t') && line.endsWith(`\t${url}`))?.split('\t')[1];
  const text = id === undefined ? undefined : look.read(`${verified}/contexts/${id}`);
  return lines.includes('end') ? protectedIn(look, text) : undefined;
}

/** The refs that a context protects; undefined when it is torn, or does not hold any more. */
function protectedIn(look: QuickLook, text: string | undefined): ReadonlySet<string> | undefined {
  if (!text?.endsWith('\nend\n')) return undefined;
  const facts = parseContext(text.slice(0, -'end\n'.length));
  if (!facts.every((fact) => holds(look, fact))) return undefined;
  return new Set(facts.filter(({ kind }) => kind === 'protected').map(({ path }) => path));
}

function holds(look: QuickLook, { kind, path, value }: ContextFact): boolean {
  switch (kind) {
    case 'text': {
      const text = look.read(path);
      return text !== undefined && joinedLines(text) === value;
    }
    case 'none':
      return !look.exists(path);
    case 'first':
      return look.path.map((folder) => `${folder}/${path}`).find(look.exists) === value;
    case 'same':
      return look.isSameFile(path, value);
    case 'protected':
      return true;
    default:
      return false;
  }
}
