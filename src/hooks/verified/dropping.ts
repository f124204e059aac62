/**
 * What editors, systems and npm leave behind everywhere, which people hide in every repository at once (`.DS_Store`,
 * `.idea/`, `main.dart~`). No app is built from it; counted, it would take the working tree from everybody's gates.
 * @param path of a folder with a slash at its end
 */
export function isDropping(path: string): boolean {
  const folders = path.split('/');
  const file = folders.pop() ?? '';
  return folders.some(isLeftBehind) || FILE.test(file) || (isLeftBehind(file) && !COUNTS.test(file));
}

const isLeftBehind = (name: string) => name.startsWith('.') || name.endsWith('~') || name === 'node_modules';

/** Of Windows, Emacs, ctags, Android Studio, vim. */
const FILE = /^(?:Thumbs\.db|desktop\.ini|#.*#|tags|TAGS|.*\.iml|.*\.swp)$/s;

/** Rules that hide, and what apps have for an asset (`flutter_dotenv`), although the name begins with a dot. */
const COUNTS = /^\.(?:gitignore|env|env\..*)$/s;
