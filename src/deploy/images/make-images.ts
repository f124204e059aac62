import { basename } from 'node:path/posix';
import { EXIT, Problem } from '../../core/problem.ts';
import type { Docker, Files, Git } from '../../io/ports.ts';
import { composeCommand } from '../compose.ts';
import type { DeployPlan } from '../plan-shape.ts';
import type { WantedImage, WantedImages } from './wanted.ts';

export interface Workshop {
  readonly git: Git;
  readonly docker: Docker;
  readonly files: Files;
  /** What is made or being made, by platform and project: several hosts share it. */
  readonly made: Map<string, Promise<void>>;
}

/** A build, or a pull, of all images; in milliseconds. */
const LIMIT = 3_600_000;

/**
 * Builds and pulls the images of a release here, from its own files, for the processor of the host.
 * @throws Problem `docker-missing`, `release-not-here`, `image-not-built` or `image-not-pulled`
 */
export function makeImages(
  workshop: Workshop,
  plan: DeployPlan,
  wanted: WantedImages,
  note: (text: string) => void,
): Promise<void> {
  const key = `${wanted.platform} ${wanted.project}`;
  const making = workshop.made.get(key) ?? make(workshop, plan, wanted, note);
  workshop.made.set(key, making);
  return making;
}

async function make(
  { git, docker, files }: Workshop,
  plan: DeployPlan,
  wanted: WantedImages,
  note: (text: string) => void,
): Promise<void> {
  const { about, path, compose, versions } = plan.details;
  if ((await git.try(['cat-file', '-e', `${about.commit}^{commit}`])).exitCode !== 0) throw notHere(plan);
  const platform = (
    await docker.run(['version', '--format', '{{.Server.Os}}/{{.Server.Arch}}'], { timeout: 60_000 })
  ).stdout.trim();
  await files.withTemporaryFolder(async (folder) => {
    // Named like the app directory: Compose looks at it where nothing else gives the project a name.
    const tree = `${folder}/${basename(path)}`;
    await files.makeFolder(tree);
    const index = { GIT_INDEX_FILE: `${folder}/index` };
    await git.run(['read-tree', about.commit], { env: index });
    await git.run([`--work-tree=${tree}`, 'checkout-index', '--all', '--quiet'], { env: index });
    const env = {
      TAGSHIP_TAG: about.tag,
      TAGSHIP_VERSION: versions.new,
      // Named only where it is another: builders treat a platform that is named differently.
      ...(platform === wanted.platform ? {} : { DOCKER_DEFAULT_PLATFORM: wanted.platform }),
      COMPOSE_PROJECT_NAME: wanted.project,
    };
    const [, ...words] = composeCommand('docker compose', compose.files);
    const run = (...args: readonly string[]) => docker.run([...words, ...args], { cwd: tree, env, timeout: LIMIT });
    const from = (wantedSource: WantedImage['source']) =>
      wanted.services.filter(({ source }) => source === wantedSource).map(({ service }) => service);
    const [toBuild, toPull] = [from('build'), from('pull')];
    if (toBuild.length > 0) {
      note(`building ${toBuild.join(', ')} here, for ${wanted.platform}`);
      const built = await run('build', '--quiet', '--', ...toBuild);
      if (built.exitCode !== 0) throw notMade('image-not-built', 'could not be built here', about.tag, built.stderr);
    }
    if (toPull.length > 0) {
      note(`pulling ${toPull.join(', ')} here`);
      const pulled = await run('pull', '--quiet', '--', ...toPull);
      if (pulled.exitCode !== 0)
        throw notMade('image-not-pulled', 'could not be pulled here', about.tag, pulled.stderr);
    }
  });
}

function notHere({ details: { about } }: DeployPlan): Problem {
  return new Problem({
    code: 'release-not-here',
    what: `${about.tag} is not in this repository, and its images are made from it`,
    why: `there is no commit ${about.commit}`,
    fix: 'git fetch --tags',
    exit: EXIT.refused,
  });
}

function notMade(code: string, what: string, tag: string, said: string): Problem {
  return new Problem({
    code,
    what: `an image of ${tag} ${what}; nothing has changed`,
    why: said.trim().split('\n').slice(-15).join('\n'),
    fix: 'mend what docker says; images: build has the host build them',
    exit: EXIT.refused,
  });
}
