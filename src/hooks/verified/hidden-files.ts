import type { Git } from '../../io/ports.ts';

/** A monitor's word and a cache's are not taken here either. */
const LIST = ['-c', 'core.fsmonitor=false', '-c', 'core.untrackedCache=false', 'ls-files', '--others', '-z'];

/** A folder of nothing else is told by its own name: there may be a hundred thousand files in it. */
const BY_GITIGNORE = ['--exclude-per-directory=.gitignore', '--directory', '--no-empty-directory'];

/**
 * Files and folders on disk that only rules of this machine hide: from `.git/info/exclude`, `core.excludesFile`, or a
 * `.gitignore` that is not to be committed and is told in their place. Whoever clones the repository has neither the rule
 * nor the file: what is built with it here may not be built there.
 * @param below pathspecs
 */
export async function hiddenFiles(git: Git, below: readonly string[]): Promise<readonly string[]> {
  const list = async (...how: readonly string[]) =>
    (await git.run([...LIST, ...BY_GITIGNORE, ...how, '--', ...below])).split('\0').filter((path) => path !== '');
  const [shown, ignored] = await Promise.all([list(), list('--ignored')]);
  return [...shown, ...ignored.filter(isRule)].filter((path) => !path.split('/').some(isDropping));
}

const RULES = '.gitignore';

const isRule = (path: string) => path === RULES || path.endsWith(`/${RULES}`);

/**
 * What editors, systems and npm leave behind everywhere, which people hide in every repository at once (`.DS_Store`,
 * `.idea/`, `main.dart~`). No app is built from it; counted, it would take the working tree from everybody's gates.
 */
const isDropping = (name: string) =>
  name !== RULES && (name.startsWith('.') || name.endsWith('~') || name === 'node_modules');
