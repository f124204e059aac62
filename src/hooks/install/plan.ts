import { posix } from 'node:path';
import { EXIT, Problem } from '../../core/problem.ts';
import { configText, findBranches } from './config-file.ts';
import type { Finding } from './findings.ts';
import { callsTagship, huskyFolder, withTagship } from './hook-file.ts';
import { isHusky, type SetupFacts, unsetHooksPath } from './look.ts';
import { addScripts, isFromRegistry, npmScripts } from './npm-scripts.ts';
import { oldHusky } from './old-husky.ts';
import { WORKFLOW, workflowText } from './workflow.ts';

/** A file as it is to be, inside the repository. */
export interface PlannedFile {
  readonly path: string;
  readonly content: string | Buffer;
  /** `write tagship.yaml`. */
  readonly title: string;
  /** Of a file that is not there yet. */
  readonly mode?: number;
}

export interface SetupPlan {
  readonly files: readonly PlannedFile[];
  /** Where husky is to put its own files; undefined when hooks are not wanted. */
  readonly husky: string | undefined;
  readonly notes: readonly string[];
}

export interface WantedSetup {
  readonly hooks: boolean;
  /** A workflow for GitHub Actions, where none of that name is there yet. */
  readonly workflow: boolean;
}

/** @throws Problem `hooks-path-taken`, `package-json-invalid` */
export function planSetup(facts: SetupFacts, wanted: WantedSetup): SetupPlan {
  const { folder, hooksPath } = facts;
  if (wanted.hooks && hooksPath !== undefined && !isHusky(facts)) throw hooksPathTaken(hooksPath, oldHusky(facts));
  const manifest = planManifest(facts, wanted.hooks);
  const hooks = wanted.hooks ? planHooks(facts) : [];
  const workflow = wanted.workflow ? planWorkflow(facts) : { files: [], notes: [] };
  return {
    files: [...planConfig(facts), ...manifest.files, ...planIgnored(facts), ...hooks, ...workflow.files],
    husky: wanted.hooks ? huskyFolder(folder) : undefined,
    notes: [...manifest.notes, ...workflow.notes],
  };
}

function planConfig({ hasConfig, branches, folder }: SetupFacts): readonly PlannedFile[] {
  if (hasConfig) return [];
  return [{ path: 'tagship.yaml', content: configText(findBranches(branches), folder), title: 'write tagship.yaml' }];
}

/** Packages bring private keys for their own tests: with them in it, no commit would pass. */
function planIgnored({ ignoreFile, folder }: SetupFacts): readonly PlannedFile[] {
  if (ignoreFile === undefined) return [];
  const path = posix.join(folder, '.gitignore');
  const end = ignoreFile.includes('\r\n') ? '\r\n' : '\n';
  const before = ignoreFile === '' || ignoreFile.endsWith('\n') ? ignoreFile : `${ignoreFile}${end}`;
  return [{ path, content: `${before}node_modules/${end}`, title: `add to ${path}: node_modules/` }];
}

type Part = Pick<SetupPlan, 'files' | 'notes'>;

/** Where GitHub could not install tagship, its checks would fail on every pull request. */
function planWorkflow({ hasWorkflow, folder, manifest, pinsSdk }: SetupFacts): Part {
  if (hasWorkflow) return { files: [], notes: [] };
  if (!isFromRegistry(manifest)) {
    const path = posix.join(folder, 'package.json');
    const note = `no ${WORKFLOW}: GitHub could not install tagship, which ${path} does not name by a version`;
    return { files: [], notes: [note] };
  }
  return {
    files: [{ path: WORKFLOW, content: workflowText(folder, pinsSdk), title: `write ${WORKFLOW}` }],
    notes: [],
  };
}

function planManifest(facts: SetupFacts, hooks: boolean): Part {
  const { folder, manifest } = facts;
  const path = posix.join(folder, 'package.json');
  const { prepare, ...others } = npmScripts(folder, isFromRegistry(manifest));
  const scripts = hooks && prepare !== undefined ? { ...others, prepare } : others;
  const { text, added, taken } = addScripts(manifest ?? '{\n  "private": true\n}\n', scripts);
  const old = oldHusky(facts);
  const ofPrepare =
    old === undefined
      ? `${path} has a script prepare already: make it, or add to it: ${prepare}`
      : `${old.what}: ${old.why}\n  next: ${old.fix}`;
  const notes = taken.map((name) =>
    name === 'prepare' ? ofPrepare : `${path} has a script ${name} already, which stays`,
  );
  if (added.length === 0) return { files: [], notes };
  return { files: [{ path, content: text, title: `add to ${path}: ${added.join(', ')}` }], notes };
}

function planHooks({ folder, hooks }: SetupFacts): readonly PlannedFile[] {
  return [...hooks].flatMap(([name, present]) => {
    const path = posix.join(huskyFolder(folder), name);
    const content = withTagship(present, name, folder);
    const isCalled = present !== undefined && callsTagship(present.toString('latin1'), name);
    const title = isCalled ? `let ${path} tell every command what is pushed` : `let ${path} call tagship`;
    // husky 9 gives it to a shell; git itself, and husky 8, pass over a hook that may not be run.
    return content === undefined ? [] : [{ path, content, title, mode: 0o755 }];
  });
}

function hooksPathTaken(hooksPath: NonNullable<SetupFacts['hooksPath']>, old: Finding | undefined): Problem {
  const { value, origin } = hooksPath;
  const first = old === undefined ? '' : `${old.fix}, then: `;
  return new Problem({
    code: 'hooks-path-taken',
    what: `git takes its hooks from ${value}, not from husky`,
    why: [`core.hooksPath is set in ${origin}`, ...(old === undefined ? [] : [old.what])].join('\n'),
    fix: `${first}${unsetHooksPath(hooksPath)}, then: tagship init; or leave hooks alone: tagship init --no-hooks`,
    exit: EXIT.refused,
  });
}
