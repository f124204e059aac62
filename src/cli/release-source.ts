import { EXIT, Problem } from '../core/problem.ts';
import type { RemoteTag } from '../deploy/facts.ts';
import type { Workshop } from '../deploy/images/make-images.ts';
import { tagsHere } from '../deploy/send-release.ts';
import { openDocker } from '../io/docker.ts';
import { diskFiles } from '../io/files.ts';
import { openGit } from '../io/git.ts';
import type { Git } from '../io/ports.ts';
import { locateRepository } from '../io/repository.ts';

/** The repository here, as what is deployed from it needs it. */
export interface ReleaseSource {
  readonly git: Git;
  readonly tags: readonly RemoteTag[];
}

/** @throws Problem `shallow-clone` when its history is not all here: a host could not use what it is sent */
export async function openSource(cwd: string): Promise<ReleaseSource> {
  const git = openGit(cwd, process.env);
  const { shallow } = await locateRepository(git);
  if (!shallow) return { git, tags: await tagsHere(git) };
  throw new Problem({
    code: 'shallow-clone',
    what: 'this clone has only the newest commits, and a host needs those before them too',
    why: 'source: push sends the release from here',
    fix: 'git fetch --unshallow --tags   (in a workflow: fetch-depth: 0)',
    exit: EXIT.refused,
  });
}

/** False outside any repository, too. */
export async function isTagHere(cwd: string, tag: string): Promise<boolean> {
  const shown = await openGit(cwd, process.env).try(['show-ref', '--verify', '--quiet', `refs/tags/${tag}`]);
  return shown.exitCode === 0;
}

/** What images are made with here. */
export function openWorkshop(cwd: string): Workshop {
  return { git: openGit(cwd, process.env), docker: openDocker(process.env), files: diskFiles, made: new Map() };
}
