import { posix } from 'node:path';
import { shellQuote } from '../../core/shell-quote.ts';
import { callsTagship, HOOKS, huskyFolder, INSTALLED, isListLost, withTagship } from './hook-file.ts';
import type { HooksElsewhere } from './hookless-branch.ts';
import { isHusky, type SetupFacts, unsetHooksPath } from './look.ts';
import { namedTagship } from './npm-scripts.ts';
import { oldHusky } from './old-husky.ts';

/** What is wrong with a set-up of hooks, and how it is put right. */
export interface Finding {
  readonly code: string;
  readonly what: string;
  readonly why?: string;
  /** The next command to type. */
  readonly fix: string;
  /** What `--fix` can do about it. */
  readonly repair?: Repair;
}

export type Repair = 'husky' | 'hooks' | 'sdk' | 'node' | 'commit';

/** What a look at the machine adds to {@link SetupFacts}. */
export interface HealthFacts extends SetupFacts {
  /** Names in husky's folder of shims; none when husky was not run in this worktree. */
  readonly shims: readonly string[];
  /** Of husky's own files there those that no longer start a hook. */
  readonly garbled: readonly string[];
  /** Shims that the system does not let run. */
  readonly notExecutable: readonly string[];
  /** HUSKY=0 switches all hooks off: in a file that husky reads, else in the environment. */
  readonly switchedOff: { readonly file: string | undefined } | undefined;
  readonly tagshipInstalled: boolean;
  /** Whether the SDK is found, and by hooks that a graphical client starts as well. */
  readonly sdk: 'known' | 'on PATH only' | 'missing';
  /** Whether the node is there that was written down for clients that find none; `gone`: it was uninstalled since. */
  readonly node: 'known' | 'not recorded' | 'gone';
  /** Where the hooks are, when what is checked out has none. */
  readonly elsewhere: (HooksElsewhere & { readonly main: string; readonly develop: string }) | undefined;
  /** A commit that was killed has left something to complete. */
  readonly unfinishedCommit: boolean;
}

/** Everything that keeps hooks from running, in the order in which it is put right. */
export function findings(facts: HealthFacts): readonly Finding[] {
  const tools = ofTools(facts);
  // Whoever has begun nothing lacks everything, and one command makes it.
  if (isUntouched(facts)) {
    const [first = UNTOUCHED] = ofBranch(facts);
    return [first, ...tools.filter(({ code }) => code === 'commit-unfinished')];
  }
  // First, so that what follows lasts beyond the next npm install.
  const git = [oldHusky(facts) ?? [], ofGit(facts)].flat();
  if (facts.elsewhere !== undefined) return [...git, ...ofBranch(facts), ...tools];
  const idle = isHusky(facts) ? ofIdleHooks(facts) : [];
  return [...git, ...ofFiles(facts), ...idle, ...tools];
}

const UNTOUCHED: Finding = {
  code: 'not-set-up',
  what: 'tagship was never set up here: nothing calls it, neither git nor npm',
  fix: 'tagship init',
};

function isUntouched({ hooksPath, hooks, manifest, hasConfig, shims }: HealthFacts): boolean {
  const calls = [...hooks].some(([name, content]) => callsTagship(content?.toString('latin1') ?? '', name));
  return hooksPath === undefined && shims.length === 0 && !calls && !hasConfig && namedTagship(manifest) === undefined;
}

function ofGit(facts: HealthFacts): readonly Finding[] {
  const { hooksPath, folder, shims, switchedOff } = facts;
  const off: readonly Finding[] =
    switchedOff === undefined
      ? []
      : [
          {
            code: 'switched-off',
            what: 'HUSKY=0 switches every hook off',
            why: `it is set in ${switchedOff.file ?? 'the environment'}`,
            fix: switchedOff.file === undefined ? 'unset HUSKY' : 'take the line with HUSKY out of that file',
          },
        ];
  if (hooksPath !== undefined && !isHusky(facts)) {
    const why = `core.hooksPath is set in ${hooksPath.origin}`;
    const fix = `${unsetHooksPath(hooksPath)}, then: tagship doctor --fix`;
    return [
      ...off,
      { code: 'hooks-path', what: `git takes its hooks from ${hooksPath.value}, not from husky`, why, fix },
    ];
  }
  const place = posix.join(huskyFolder(folder), '_');
  if (hooksPath === undefined || !shims.includes('h')) {
    const why = hooksPath === undefined ? 'core.hooksPath is not set' : `there is no ${place}/h in this worktree`;
    return [...off, { code: 'husky-missing', what: 'husky is not installed, so no hook runs', why, ...BY_HUSKY }];
  }
  const lost = HOOKS.filter((name) => !shims.includes(name));
  const lame = facts.notExecutable;
  const garbled = facts.garbled.map((name) => ({
    code: 'husky-garbled',
    what: `${place}/${name} is not what husky put there, and starts no hook`,
    ...BY_HUSKY,
  }));
  return [
    ...off,
    ...garbled,
    ...lost.map((name) => ({
      code: 'shim-lost',
      what: `git does not start ${name}: ${place}/${name} is missing`,
      ...BY_HUSKY,
    })),
    ...lame.map((name) => ({
      code: 'not-executable',
      what: `git passes over ${place}/${name}, which may not be run`,
      ...BY_HUSKY,
    })),
  ];
}

const BY_HUSKY = { fix: 'tagship doctor --fix', repair: 'husky' } as const;

function ofBranch({ elsewhere, folder }: HealthFacts): readonly Finding[] {
  if (elsewhere === undefined) return [];
  const { present, ref, branch, main, develop } = elsewhere;
  const husky = huskyFolder(folder);
  const what = `${present ?? 'what is checked out'} has no ${husky}/, so no hook runs while it is checked out`;
  const why = `hooks come with the files of a branch: ${ref} has them; here they would be in its way`;
  const isMain = present === main && branch !== main;
  const to = `git switch ${shellQuote(branch)}`;
  // develop is moved by merges.
  const merge = `git merge ${present === develop && branch !== develop ? '--no-ff ' : ''}${shellQuote(ref)}`;
  const fix = isMain
    ? `${to} (the first release brings them to ${main})`
    : `${merge}${branch === present ? '' : ` (or: ${to})`}`;
  return [{ code: 'branch-hookless', what, why, fix }];
}

function ofFiles({ hooks, folder }: HealthFacts): readonly Finding[] {
  return [...hooks].flatMap(([name, content]): readonly Finding[] => {
    const path = posix.join(huskyFolder(folder), name);
    const text = content?.toString('latin1') ?? '';
    if (callsTagship(text, name)) {
      if (name !== 'pre-push' || !isListLost(text)) return [];
      return [listLost(path, withTagship(content, name, folder) !== undefined)];
    }
    const what = content === undefined ? `there is no ${path}` : `${path} does not call tagship`;
    return [{ code: 'hook-missing', what, fix: 'tagship doctor --fix', repair: 'hooks' }];
  });
}

function listLost(path: string, canMove: boolean): Finding {
  const what = `not every command in ${path} is told what is pushed`;
  const why =
    'git tells it once, on standard input; whoever reads it first leaves the others a push of nothing, which passes';
  const fix = 'tagship doctor --fix';
  if (canMove) return { code: 'push-list-lost', what, why, fix, repair: 'hooks' };
  return { code: 'push-list-lost', what, why, fix: `take what calls tagship out of ${path}, then: ${fix}` };
}

/** What runs no more since git takes its hooks from husky. */
export function ofIdleHooks({ idleHooks, folder }: Pick<SetupFacts, 'idleHooks' | 'folder'>): readonly Finding[] {
  const husky = huskyFolder(folder);
  return idleHooks.map(({ name, path, fix }) => ({
    code: 'hook-idle',
    what: `git starts ${path} no more`,
    why: `with husky it takes hooks from ${husky}/ alone, and ${husky}/${name} does not call this one`,
    fix,
  }));
}

export function tagshipMissing({ folder, manifest }: Pick<SetupFacts, 'folder' | 'manifest'>): Finding {
  const there = folder === '' ? '' : ` (in ${folder})`;
  return {
    code: 'tagship-missing',
    what: `tagship is not in ${posix.join(folder, posix.dirname(INSTALLED))}, where the hooks look for it`,
    fix:
      namedTagship(manifest) === undefined
        ? `npm install --save-dev path/to/tagship${there}, a built checkout of it; once it is on npm, its name alone`
        : `npm install${there}`,
  };
}

function ofTools(facts: HealthFacts): readonly Finding[] {
  const { tagshipInstalled, sdk, node, unfinishedCommit } = facts;
  const found: Finding[] = [];
  if (!tagshipInstalled) found.push(tagshipMissing(facts));
  if (sdk === 'missing') {
    const why = 'it is not on PATH, not in .fvm/flutter_sdk, and not in any of the usual places';
    found.push({
      code: 'sdk-missing',
      what: 'no Dart or Flutter was found',
      why,
      fix: 'name its folder in tagship.yaml: checks: { sdk: ~/flutter }',
    });
  }
  if (sdk === 'on PATH only') {
    const what = 'hooks that a graphical client starts would not find Dart';
    const why =
      'such a client does not know the PATH of a terminal, and where the SDK is was not written down, or it has moved';
    found.push({ code: 'sdk-not-recorded', what, why, fix: 'tagship doctor --fix', repair: 'sdk' });
  }
  if (node !== 'known') {
    const why =
      node === 'gone'
        ? 'the one that was written down is there no more'
        : 'such a client does not know the PATH of a terminal, and the place of node is not written down';
    const what = 'hooks that a graphical client starts would not find node';
    found.push({ code: `node-${node.replace(' ', '-')}`, what, why, fix: 'tagship doctor --fix', repair: 'node' });
  }
  if (unfinishedCommit) {
    const what = 'a commit was killed while it put formatted files into the working tree';
    found.push({
      code: 'commit-unfinished',
      what,
      fix: 'tagship doctor --fix (or the next commit does it)',
      repair: 'commit',
    });
  }
  return found;
}
