import { markdownLines } from './markdown-lines.ts';

/**
 * The section of one release in a changelog, from its heading to the next one as deep, with plain newlines. Undefined
 * when it has none.
 */
export function readSection(changelog: string, version: string): string | undefined {
  const headings = markdownLines(changelog).filter(({ level }) => level > 0);
  const index = headings.findIndex(({ text }) => names(text, version));
  const heading = headings[index];
  if (heading === undefined) return undefined;
  const next = headings.slice(index + 1).find(({ level }) => level <= heading.level);
  return changelog.slice(heading.start, next?.start).replace(/\r\n/g, '\n').trim();
}

/** Whether a heading is that of this very version: `## [1.2.0](…) (2026-01-31)`, `# v1.2.0`, but not of `1.2.0-beta.1`. */
function names(heading: string, version: string): boolean {
  const rest = heading.replace(/^(\[|v|version |release )+/i, '');
  return rest.startsWith(version) && !/^[\w.+-]/.test(rest.slice(version.length));
}
