import { posix } from 'node:path';
import { EXIT, Problem } from '../../core/problem.ts';
import type { Files } from '../../io/ports.ts';
import { type ContextFact, joinedLines } from '../verified/context.ts';
import { knownPlaces, RECORDED_SDK, toolNames } from './sdk-places.ts';
import { searchFolders } from './search-path.ts';

export interface ToolchainPorts {
  readonly files: Files;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Root of the worktree; `.fvm` is looked for there, not in a snapshot, because it is not in any commit. */
  readonly root: string;
  readonly commonDir: string;
  readonly platform: NodeJS.Platform;
}

/** The SDK whose tool is run. */
export interface Toolchain {
  readonly tool: 'flutter' | 'dart';
  /** Put first on PATH. */
  readonly bin: string;
  /** Tells this SDK in this version from every other. */
  readonly identity: string;
  /** What has to be as it is now for the same SDK to be found again in the same version. */
  readonly facts: readonly ContextFact[];
}

/** What an SDK is looked for, as a refusal tells it. */
export interface SdkUse {
  /** What cannot be done without it. */
  readonly purpose: string;
  /** What else could be put under `checks:`, in brackets. */
  readonly otherwise: string;
}

const GATES: SdkUse = { purpose: 'the gates cannot run', otherwise: '(or set other commands: analyze, test)' };

interface Found {
  readonly executable: string;
  readonly facts: readonly ContextFact[];
}

/** Small files, one of which at least changes with the SDK's version; newer SDKs have no `version`. */
const VERSION_FILES = ['version', 'bin/internal/engine.version', 'bin/cache/dart-sdk/version', '.git/HEAD'];
const VERSION_JSON = 'bin/cache/flutter.version.json';

/**
 * Finds the SDK: configuration, `.fvm/flutter_sdk`, `.fvmrc`, PATH, what was recorded when the hooks were installed (a
 * graphical git client has no PATH worth the name), the usual places.
 * @param folder of the package, inside the repository
 * @throws Problem `sdk-missing`, `sdk-not-installed`
 */
export async function findToolchain(
  ports: ToolchainPorts,
  tool: Toolchain['tool'],
  configured: string | undefined,
  folder: string,
  use = GATES,
): Promise<Toolchain> {
  const found = await findExecutable(ports, tool, configured, folder, use);
  const real = slashes((await ports.files.realPath(found.executable)) ?? found.executable);
  const sdk = posix.dirname(posix.dirname(real));
  const texts = await versionFacts(ports.files, sdk);
  const link: ContextFact[] = real === found.executable ? [] : [{ kind: 'same', path: found.executable, value: real }];
  return {
    tool,
    bin: posix.dirname(found.executable),
    identity: JSON.stringify([real, ...texts.map(({ path, value }) => [path, value])]),
    facts: [...found.facts, ...link, ...texts],
  };
}

async function findExecutable(
  ports: ToolchainPorts,
  tool: Toolchain['tool'],
  configured: string | undefined,
  folder: string,
  use: SdkUse,
): Promise<Found> {
  const { files, root, environment } = ports;
  const home = environment.HOME ?? environment.USERPROFILE ?? '';
  const inSdk = (sdk: string) =>
    firstThere(
      files,
      toolNames(tool, ports.platform).map((name) => `${sdk}/bin/${name}`),
    );
  if (configured !== undefined) {
    const written = slashes(configured).replace(/^~(?=\/)/, home);
    const sdk = /^(?:[A-Za-z]:)?\//.test(written) ? written : posix.join(root, written);
    const executable = await inSdk(sdk);
    if (executable !== undefined) return { executable, facts: [] };
    throw sdkMissing(tool, use, `checks.sdk in tagship.yaml names ${sdk}, which has no bin/${tool}`);
  }
  const facts: ContextFact[] = [];
  for (const above of foldersUp(folder)) {
    const linked = posix.join(root, above, '.fvm/flutter_sdk');
    const executable = await inSdk(linked);
    if (executable !== undefined) return { executable, facts };
    facts.push({ kind: 'none', path: linked, value: '' });
    const pinned = posix.join(root, above, '.fvmrc');
    const text = await files.readText(pinned);
    const version = text === undefined ? undefined : pinnedVersion(text);
    if (text === undefined || version === undefined) continue;
    const cache = environment.FVM_CACHE_PATH ?? environment.FVM_HOME ?? `${home}/fvm`;
    const cached = await inSdk(`${cache}/versions/${version}`);
    if (cached === undefined) throw sdkNotInstalled(version, pinned, `${cache}/versions`);
    return { executable: cached, facts: [...facts, { kind: 'text', path: pinned, value: joinedLines(text) }] };
  }
  const onPath = await firstThere(files, pathCandidates(ports, toolNames(tool, ports.platform)));
  if (onPath !== undefined)
    return { executable: onPath, facts: [...facts, { kind: 'first', path: tool, value: onPath }] };
  const recorded = (await files.readText(posix.join(ports.commonDir, RECORDED_SDK)))?.trim();
  const noted = recorded ? [recorded] : [];
  for (const place of [...noted, ...knownPlaces(home, ports.platform)]) {
    const executable =
      (await inSdk(place)) ??
      // A version manager's folder of shims is no SDK.
      (noted.includes(place)
        ? await firstThere(
            files,
            toolNames(tool, ports.platform).map((name) => `${place}/${name}`),
          )
        : undefined);
    // Not worth a fast path: PATH would have to be known to hold none.
    if (executable !== undefined) return { executable, facts: [{ kind: 'never', path: '', value: '' }] };
  }
  throw sdkMissing(tool, use, 'it is not on PATH, not in .fvm/flutter_sdk, and not in any of the usual places');
}

/** The folder and all above it, up to the root of the repository. */
export function foldersUp(folder: string): readonly string[] {
  const parts = folder === '' ? [] : folder.split('/');
  return [...parts.map((_part, index) => parts.slice(0, parts.length - index).join('/')), ''];
}

function pathCandidates({ environment, platform }: ToolchainPorts, names: readonly string[]): readonly string[] {
  return searchFolders(environment, platform).flatMap((folder) =>
    names.map((name) => `${slashes(folder).replace(/\/$/, '')}/${name}`),
  );
}

/** Windows takes both slashes; one spelling makes paths comparable. */
const slashes = (path: string) => path.replaceAll('\\', '/');

async function firstThere(files: Files, paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if (await files.exists(path)) return path;
  return undefined;
}

/** fvm's own file; what is no such file pins nothing. */
function pinnedVersion(text: string): string | undefined {
  try {
    const { flutter } = JSON.parse(text);
    return typeof flutter === 'string' && /^[\w.+-]+$/.test(flutter) ? flutter : undefined;
  } catch {
    return undefined;
  }
}

async function versionFacts(files: Files, sdk: string): Promise<readonly ContextFact[]> {
  const read = async (name: string) => {
    const path = posix.join(sdk, name);
    const text = await files.readText(path).catch(() => undefined);
    return text === undefined ? [] : [{ kind: 'text', path, value: joinedLines(text) } as const];
  };
  const found = (await Promise.all(VERSION_FILES.map(read))).flat();
  const head = /^ref: (\S+)\|$/.exec(found.find(({ path }) => path.endsWith('/.git/HEAD'))?.value ?? '')?.[1];
  const branch = head === undefined ? [] : await read(`.git/${head}`);
  const named = found.some(({ path }) => path === posix.join(sdk, 'version'));
  return [...found, ...branch, ...(named ? [] : await read(VERSION_JSON))];
}

function sdkMissing(tool: string, { purpose, otherwise }: SdkUse, why: string): Problem {
  return new Problem({
    code: 'sdk-missing',
    what: `${tool} was not found, so ${purpose}`,
    why,
    fix: `put it on PATH, or name its folder in tagship.yaml: checks: { sdk: ~/flutter } ${otherwise}`,
    exit: EXIT.refused,
  });
}

function sdkNotInstalled(version: string, file: string, cache: string): Problem {
  return new Problem({
    code: 'sdk-not-installed',
    what: `Flutter ${version}, which ${file} asks for, is not installed`,
    why: `it is not in ${cache}`,
    fix: 'fvm install',
    exit: EXIT.refused,
  });
}
