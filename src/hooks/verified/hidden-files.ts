import type { Git } from '../../io/ports.ts';

/**
 * Files and folders on disk that only rules of this machine hide, from `.git/info/exclude` or `core.excludesFile`. Whoever
 * clones the repository has neither the rule nor the file: what is built with it here may not be built there.
 * @param below pathspecs
 */
export async function hiddenFiles(git: Git, below: readonly string[]): Promise<readonly string[]> {
  // A folder of nothing else is told by its own name: there may be a hundred thousand files in it.
  const folded = ['--directory', '--no-empty-directory'];
  const others = ['ls-files', '--others', '--exclude-per-directory=.gitignore', ...folded, '-z'];
  const listing = await git.run([
    '-c',
    'core.fsmonitor=false',
    '-c',
    'core.untrackedCache=false',
    ...others,
    '--',
    ...below,
  ]);
  return listing.split('\0').filter((path) => path !== '' && !path.split('/').some(isDropping));
}

/**
 * What editors, systems and npm leave behind everywhere, which people hide in every repository at once (`.DS_Store`,
 * `.idea/`, `main.dart~`). No app is built from it; counted, it would take the working tree from everybody's gates.
 */
const isDropping = (name: string) => name.startsWith('.') || name.endsWith('~') || name === 'node_modules';
