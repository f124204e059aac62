/** The effects domain code may ask for. Adapters beside this file carry them out; only `cli`, `web` and `main` choose one. */

export interface GitOptions {
  /** Written to the process's standard input. */
  readonly input?: string | Buffer;
  /** Added to the environment of this one process; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Gets what git says on standard error, line by line as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface GitResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One repository's git. Arguments are passed as they are, never through a shell. */
export interface Git {
  /** Standard output of a git that succeeded. @throws GitFailure otherwise. */
  run(args: readonly string[], options?: GitOptions): Promise<string>;
  /** For commands whose exit status is the answer. Never throws for a non-zero status. */
  try(args: readonly string[], options?: GitOptions): Promise<GitResult>;
  /** Whether a commit is another one, or has led to it. Not where either is unknown here. */
  isAncestor(ancestor: string, of: string): Promise<boolean>;
  /** Standard output as it comes, for what may be too long to hold. @throws GitFailure at the end of a git that failed */
  stream(args: readonly string[], options?: Pick<GitOptions, 'env'> & { signal?: AbortSignal }): AsyncIterable<Buffer>;
  /** Contents of objects by any name git understands, in the order asked; undefined where there is none. One process for all calls. */
  readObjects(names: readonly string[]): Promise<readonly (Buffer | undefined)[]>;
}

/** Where a repository is on disk. All paths absolute. */
export interface RepositoryLocation {
  /** Shared by all worktrees: refs, objects and tagship's own journals live here. */
  readonly commonDir: string;
  /** The worktree's root; of a bare repository the repository itself. */
  readonly root: string;
  readonly shallow: boolean;
}

/** Reading of files beside git's objects. */
export interface Files {
  exists(path: string): Promise<boolean>;
  /** Undefined when there is no such file. */
  readText(path: string): Promise<string | undefined>;
  /** Whether it is a file that this user may run. */
  isExecutable(path: string): Promise<boolean>;
  /** Names in a folder; none when there is no such folder. */
  list(path: string): Promise<readonly string[]>;
  makeFolder(path: string): Promise<void>;
  write(path: string, content: Buffer): Promise<void>;
  /**
   * Writes a file in one move, with the folders it needs: whoever reads it finds all of it or what was there before. Who may
   * read, write and run it stays.
   * @param mode of a new one, without what the mask of the process takes away
   */
  replace(path: string, content: string | Buffer, mode?: number): Promise<void>;
  /** No error when there is none. */
  remove(path: string): Promise<void>;
  /** When the file was written last; undefined when there is none. */
  modified(path: string): Promise<Date | undefined>;
  /** The path without symbolic links; undefined when it names nothing. */
  realPath(path: string): Promise<string | undefined>;
  /** What a symbolic link says, wherever that leads; undefined when it is none. */
  linkText(path: string): Promise<string | undefined>;
  /** Also by way of a link. */
  isFolder(path: string): Promise<boolean>;
  /** Undefined when there is no such file. */
  readBytes(path: string): Promise<Buffer | undefined>;
  /** Gives `use` a new empty folder outside the repository and removes it afterwards, whatever happens. */
  withTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T>;
}

/**
 * Exchanges the content of a plain file in one move, its mode kept, by way of `draft`, a path beside it. False, and nothing
 * done, when it is not the file with the content `before` (any more).
 */
export type SwapFile = (
  path: string,
  content: { readonly before: Buffer; readonly after: Buffer; readonly draft: string },
) => Promise<boolean>;

/**
 * Writes an executable hook unless somebody else's is there; ours holds `marker`.
 * @returns whether it was written
 */
export type WriteHook = (path: string, content: string, marker: string) => Promise<boolean>;

export interface Clock {
  now(): Date;
}

/** Runs a quality gate or hook of the user's own. */
export interface CommandRunner {
  /** Runs `command` through the user's shell in `cwd`; lines of both streams go to `onLine`. */
  run(command: string, options: CommandOptions): Promise<CommandOutcome>;
}

/** Runs programs that are not git and not the user's own commands. Arguments are passed as they are, never through a shell. */
export interface Programs {
  /** Undefined when there is no such program on PATH that may be run. Never throws for a non-zero status. */
  run(program: string, args: readonly string[], options: ProgramOptions): Promise<ProgramResult | undefined>;
}

/** Docker on this machine. Each @throws Problem `docker-missing` */
export interface Docker {
  /** Never throws for a non-zero status. */
  run(args: readonly string[], options: ProgramOptions): Promise<ProgramResult>;
  /** What it prints, as it comes. @throws Problem `docker-failed` at the end of one that failed */
  stream(args: readonly string[]): AsyncIterable<Buffer>;
}

export interface ProgramOptions {
  /** Added to the environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Milliseconds until it is ended; 0 for never. */
  readonly timeout: number;
  /** Where it is started, when not where its kind usually is. */
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  /** Whether it is asked to end (SIGTERM), and not killed: what it has begun elsewhere must end with it. */
  readonly endsItself?: boolean;
  /** Gets what it says on standard output, line by line as it comes. */
  readonly onLine?: (line: string) => void;
  /**
   * Gives it the user's terminal, both ways: nothing of what it says is collected. `apart`: all of it goes to standard
   * error, and standard output stays ours.
   */
  readonly attached?: boolean | 'apart';
}

export interface ProgramResult {
  /** Undefined when it was ended by a signal, of ours or of others. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd: string;
  readonly timeout: number;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  readonly signal?: AbortSignal;
}

export interface CommandOutcome {
  readonly exitCode: number | undefined;
  readonly timedOut: boolean;
  /** The last lines of output, at most a few hundred. */
  readonly tail: readonly string[];
}

export interface ScriptOptions {
  /** `$1`, `$2`… of the script. */
  readonly args?: readonly string[];
  /** Gets what the script says on standard output, line by line as it comes. */
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface ScriptResult {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A machine that can be deployed to: over SSH, or this one. */
export interface Host {
  /** `pi@192.168.1.100` or `local`, for messages. */
  readonly name: string;
  /**
   * Runs a POSIX sh script, whose own standard input is empty. Never throws for a non-zero status. Over a connection
   * that has died since, it connects anew.
   * @throws Problem `link-lost` when the connection died under it: what was asked may or may not have happened.
   * Any other when it could not be connected anew: nothing was asked
   */
  run(script: string, options?: ScriptOptions): Promise<ScriptResult>;
  /**
   * As {@link run}, for a script whose standard input is `input`, sent as fast as the script reads it. It may end without
   * having read it all.
   * @throws also whatever `input` fails with; the script then finds the end of its input
   */
  feed(script: string, input: AsyncIterable<Buffer>, options?: ScriptOptions): Promise<ScriptResult>;
  /**
   * Runs a script with this process's own standard streams as its own, as a person would in a terminal.
   * @returns its exit status; undefined when a signal ended it
   * @throws Problem as {@link run}
   */
  attach(script: string, options?: AttachOptions): Promise<number | undefined>;
  close(): Promise<void>;
}

export interface AttachOptions {
  /** Give it a terminal: this process has one at both ends. */
  readonly tty?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Asks an address from this machine, once. Never throws.
 * @returns the status of the answer, or why there was none
 */
export type AskUrl = (url: string, signal: AbortSignal) => Promise<number | string>;

/** An append-only file of JSON lines, each on disk before the call returns. */
export interface JsonLines<T> {
  readonly path: string;
  /** The entries, without a torn last line. Empty when there is no file. @throws Problem `journal-damaged` */
  read(): Promise<readonly T[]>;
  append(entry: T): Promise<void>;
  /** Makes the file with one entry, in one move. False, and nothing done, when there is one already. */
  begin(entry: T): Promise<boolean>;
  /** Keeps the finished file beside its place, `name.last.jsonl`, and makes room for the next. */
  archive(): Promise<void>;
  /** Puts the file where there is none yet. False, and nothing done, when there is one. Killed midway it is at both. */
  moveTo(path: string): Promise<boolean>;
  /** No error when there is none. */
  remove(): Promise<void>;
}

/** A repository on GitHub and the API it is asked through. */
export interface GitHubAddress {
  /** Without a slash at the end: `https://api.github.com`. */
  readonly api: string;
  /** Of its pages: `https://github.com`. */
  readonly web: string;
  readonly owner: string;
  readonly name: string;
}

export interface PullRequest {
  readonly number: number;
  readonly url: string;
  readonly state: 'open' | 'merged' | 'closed';
  /** Commit at its head. */
  readonly head: string;
  /** Branch that it goes to, short name. */
  readonly base: string;
  readonly body: string;
  /** What it left on the base branch, also when squashed or rebased; undefined unless it is merged. */
  readonly mergeCommit: string | undefined;
}

export interface GitHubAsset {
  readonly id: number;
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** `sha256:…`; undefined where GitHub does not tell. */
  readonly digest: string | undefined;
  /** False for one whose upload was cut off. */
  readonly whole: boolean;
}

export interface GitHubRelease {
  readonly id: number;
  readonly url: string;
  readonly draft: boolean;
  /** Where its assets go. */
  readonly uploadUrl: string;
  readonly assets: readonly GitHubAsset[];
}

/**
 * What is asked of GitHub about one repository. Reading is repeated when GitHub stumbles; what makes something new is
 * not, because it may have been made.
 * Each @throws Problem `github-unauthorized`, `github-rate-limited`, `github-refused`, `github-unreachable`,
 * `github-unreadable` (all exit 4).
 */
export interface GitHub {
  /** Pull requests of a branch of this very repository, newest first, whatever became of them. */
  pullRequestsOf(branch: string): Promise<readonly PullRequest[]>;
  openPullRequest(request: {
    readonly branch: string;
    readonly base: string;
    readonly title: string;
    readonly body: string;
  }): Promise<PullRequest>;
  closePullRequest(number: number): Promise<void>;
  /** Drafts included. */
  releaseOf(tag: string): Promise<GitHubRelease | undefined>;
  createDraft(release: {
    readonly tag: string;
    readonly notes: string;
    readonly preRelease: boolean;
  }): Promise<GitHubRelease>;
  upload(release: GitHubRelease, name: string, content: Buffer): Promise<void>;
  deleteAsset(id: number): Promise<void>;
  publishRelease(id: number): Promise<GitHubRelease>;
}
