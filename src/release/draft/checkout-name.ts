/** Code points that HFS+ passes over when it compares names. */
const IGNORED_BY_HFS = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/**
 * Whether a file or folder of this name can be made in a working tree, wherever that is: git refuses to check out what
 * would end up in its own folder or outside, also by the names that macOS and Windows take for the same
 * (core.protectHFS, core.protectNTFS). A name that is no UTF-8 was not read right, and is none to make.
 */
export function isCheckoutName(name: string): boolean {
  if (name === '' || name === '.' || name === '..' || /[\0\ufffd]/.test(name)) return false;
  // To Windows a backslash parts folders.
  return name.split('\\').every((part) => {
    const plain = part.replace(IGNORED_BY_HFS, '').toLowerCase();
    // Windows drops what follows a colon, and blanks and dots at the end.
    const onWindows = plain.replace(/:.*$/s, '').replace(/[ .]+$/, '');
    return !['.git', 'git~1'].includes(onWindows);
  });
}
