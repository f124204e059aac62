import { statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type SimpleGitOptions, simpleGit } from 'simple-git';
import { EXIT, Problem } from '../core/problem.ts';
import { GitFailure } from './git-failure.ts';
import { streamGit } from './git-stream.ts';
import { objectReader } from './object-reader.ts';
import type { Git, GitOptions, GitResult } from './ports.ts';
import { ownerEnvironment } from './processes.ts';

/**
 * Git in `cwd`. Always in the C locale and never asking at a terminal: what it says is read by programs.
 * @throws Problem `no-folder` when there is no such folder; each git: `git-missing`
 * @param environment inherited by every git; the user's own settings in it (ssh command, pager…) stay in force.
 */
export function openGit(cwd: string, environment: NodeJS.ProcessEnv): Git {
  if (!isFolder(cwd)) {
    const fix = 'tagship -C path/to/app … (or go there first)';
    throw new Problem({ code: 'no-folder', what: `there is no folder ${cwd}`, fix, exit: EXIT.usage });
  }
  const inherited = { ...environment, ...ownerEnvironment(), LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' };

  async function attempt(args: readonly string[], options: GitOptions = {}): Promise<GitResult> {
    const env = { ...inherited, ...options.env };
    // simple-git tells failures as errors with a text; the status and both streams are kept aside.
    let failed: GitResult | undefined;
    const client = simpleGit(settings(cwd, env, options.input, (result) => (failed = result))).env(env);
    const { onLine } = options;
    client.outputHandler((_command, stdout, stderr) => {
      endSilence(stdout);
      if (onLine !== undefined) eachLine(stderr, onLine);
    });
    try {
      return { exitCode: 0, stdout: await client.raw(...args), stderr: '' };
    } catch (error) {
      if (failed?.stderr.startsWith(NOT_FOUND)) throw gitMissing();
      if (failed !== undefined) return failed;
      throw error;
    }
  }

  return {
    try: attempt,
    run: async (args, options) => {
      const result = await attempt(args, options);
      if (result.exitCode !== 0) throw new GitFailure(args, result);
      return result.stdout;
    },
    // Status 1: not an ancestor; 128: the commit is not even here.
    isAncestor: async (ancestor, of) => (await attempt(['merge-base', '--is-ancestor', ancestor, of])).exitCode === 0,
    stream: (args, options = {}) => streamGit(cwd, { ...inherited, ...options.env }, args, options.signal),
    readObjects: objectReader(cwd, inherited),
  };
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** How simple-git tells of a git that could not be started, in place of what git says. */
const NOT_FOUND = 'Error: spawn git ENOENT';

function gitMissing(): Problem {
  const fix = 'install git 2.38 or newer, or put it on PATH, then run the same command again';
  return new Problem({ code: 'git-missing', what: 'git was not found', fix, exit: EXIT.refused });
}

/**
 * simple-git waits 50 ms more for a git that has said nothing, lest it misses something. The end of the stream says that
 * there is nothing to miss; an empty piece of output makes it known.
 */
function endSilence(stdout: NodeJS.ReadableStream): void {
  stdout.once('end', () => stdout.emit('data', Buffer.alloc(0)));
}

function eachLine(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', onLine);
}

/**
 * simple-git guards against configuration that runs programs. Everything it would guard here comes from the user's
 * own environment or from fixed argument lists of ours, so the guards are told to let it through.
 */
function settings(
  baseDir: string,
  env: NodeJS.ProcessEnv,
  input: string | Buffer | undefined,
  onFailure: (result: GitResult) => void = () => {},
): Partial<SimpleGitOptions> {
  return {
    baseDir,
    allowEnvironment: Object.keys(env),
    unsafe: ALLOWED,
    // simple-git leaves standard input open for an empty text, and whoever reads it would wait for ever.
    input: () => input || Buffer.alloc(0),
    errors: (error, { exitCode, stdOut, stdErr }) => {
      if (exitCode === 0) return undefined;
      const [stdout, stderr] = [Buffer.concat(stdOut).toString(), Buffer.concat(stdErr).toString()];
      onFailure({ exitCode, stdout, stderr });
      return error ?? new Error('git failed');
    },
  };
}

const ALLOWED: NonNullable<SimpleGitOptions['unsafe']> = {
  allowUnsafeAlias: true,
  allowUnsafeAskPass: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeDiffExternal: true,
  allowUnsafeDiffTextConv: true,
  allowUnsafeEditor: true,
  allowUnsafeExec: true,
  allowUnsafeFilter: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeGitProxy: true,
  allowUnsafeGpgProgram: true,
  allowUnsafeHooksPath: true,
  allowUnsafeInclude: true,
  allowUnsafeMergeDriver: true,
  allowUnsafePack: true,
  allowUnsafePager: true,
  allowUnsafeProtocolOverride: true,
  allowUnsafeSshCommand: true,
  allowUnsafeSubmodule: true,
  allowUnsafeTemplateDir: true,
  allowUnsafeUrlRewrite: true,
};
