import { posix } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where `pub get` says which packages there are, below the package's folder. */
export const PACKAGE_CONFIG = '.dart_tool/package_config.json';

/**
 * The same file for a copy of the repository elsewhere: what is inside the repository is looked for in the copy, what is
 * outside stays where it is. What cannot be read is left to the Dart tool.
 * @param folder of the package, inside the repository
 */
export function relocatePackageConfig(text: string, root: string, folder: string): string {
  try {
    const config = JSON.parse(text);
    const packages = config.packages.map((one: { rootUri: string }) => ({
      ...one,
      rootUri: relocate(one.rootUri, root, posix.join(folder, '.dart_tool')),
    }));
    return JSON.stringify({ ...config, packages });
  } catch {
    return text;
  }
}

function relocate(uri: string, root: string, from: string): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(uri)) return uri;
  const target = posix.join(from, decodeURIComponent(uri));
  return target.startsWith('../') ? pathToFileURL(posix.join(root, target)).href : uri;
}
