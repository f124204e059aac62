import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

export interface CompiledModule<T> {
  readonly exports: T;
  /** Keeps what was compiled for the next run, where that is worth it. Fails silently: nothing but time depends on it. */
  readonly keep: () => void;
}

/** What other runs of the same command compile is kept, too, but not more often than this, in milliseconds. */
const RENEWED_AFTER = 24 * 3_600_000;

/**
 * Loads a bundle with the code that an earlier run has compiled, which takes a third of the time. That code stands in
 * `.cache` of the package itself, as it is executed as it is: whoever can change it could change the bundle, too. Node
 * has the like since 22.1 (module.enableCompileCache), without the functions that a run compiles on its way.
 * @param file absolute: CommonJS in ASCII, with the function that node puts around it
 * @param build tells this bundle from every other
 * @param use one file is kept for each: a hook needs little of what a release does
 */
export function compiledModule<T>(file: string, build: string, use: string): CompiledModule<T> {
  const kept = join(dirname(file), '../.cache', `${use}.bin`);
  const trailer = Buffer.from(`\n${[build, statSync(file).mtimeMs, process.version, process.arch].join(' ')}\n`);
  const found = readKept(kept, trailer);
  const script = new Script(readFileSync(file, 'latin1'), { filename: file, ...(found && { cachedData: found.code }) });
  const module: { exports: unknown } = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file));
  return {
    exports: module.exports as T,
    keep: () => {
      const isFresh = found !== undefined && Date.now() - found.written < RENEWED_AFTER;
      if (!isFresh || script.cachedDataRejected) write(kept, () => [script.createCachedData(), trailer]);
    },
  };
}

/** Undefined where there is none of exactly this bundle: V8 itself compares no more than the bundle's length. */
function readKept(path: string, trailer: Buffer): { readonly code: Buffer; readonly written: number } | undefined {
  try {
    const content = readFileSync(path);
    if (!content.subarray(-trailer.length).equals(trailer)) return undefined;
    return { code: content.subarray(0, -trailer.length), written: statSync(path).mtimeMs };
  } catch {
    return undefined;
  }
}

/** The file is there whole or not at all, whatever happens meanwhile. */
function write(path: string, parts: () => readonly Buffer[]): void {
  const draft = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    const file = openSync(draft, 'wx', 0o644);
    try {
      for (const part of parts()) writeFileSync(file, part);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } catch {
    quietly(() => rmSync(draft));
  }
}

function quietly(action: () => void): void {
  try {
    action();
  } catch {}
}
