import { posix } from 'node:path';
import { EXIT, Problem } from '../../core/problem.ts';
import { shellQuote } from '../../core/shell-quote.ts';
import type { Files } from '../../io/ports.ts';
import type { PlacedFile } from './write-planned.ts';

/** @param target undefined where that is not to be found out */
export async function linkOutside(
  files: Files,
  root: string,
  path: string,
  target: string | undefined,
): Promise<Problem> {
  return new Problem({
    code: 'link-outside',
    what: `${path} is a link to ${target ?? 'a link that names nothing'}, which is not changed`,
    why:
      target === undefined
        ? 'nobody knows where it ends'
        : 'that is outside of the repository, where others may use it',
    fix: `${await madeOwn(files, posix.join(root, path))} (makes it one of the repository), then the same command again`,
    exit: EXIT.refused,
  });
}

/** @param sharing the planned files that lead to one target */
export async function linksShared(files: Files, root: string, sharing: readonly PlacedFile[]): Promise<Problem> {
  const steps: string[] = [];
  for (const { path } of sharing) {
    const own = posix.join(root, path);
    if ((await files.linkText(own)) !== undefined) steps.push(await madeOwn(files, own));
  }
  return new Problem({
    code: 'links-shared',
    what: `${sharing.map(({ path }) => path).join(' and ')} are one file, ${sharing[0]?.target}, which is not changed`,
    why: 'each of them needs a content of its own',
    fix: `${steps.join(' && ')} (makes them files of their own), then the same command again`,
    exit: EXIT.refused,
  });
}

/** The command, as it can be typed anywhere, that puts what a link names in the place of the link. */
async function madeOwn(files: Files, path: string): Promise<string> {
  const [link, copy] = [path, `${path}.new`].map(shellQuote);
  if ((await files.realPath(path)) === undefined) return `rm ${link}`;
  if (await files.isFolder(path)) return `cp -R ${shellQuote(`${path}/.`)} ${copy} && rm ${link} && mv ${copy} ${link}`;
  return `cp ${link} ${copy} && mv ${copy} ${link}`;
}
