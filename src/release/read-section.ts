import { definitionsFor, linksAtEnd } from './link-definitions.ts';
import { isRelease, type MarkdownLine, markdownLines } from './markdown-lines.ts';

/**
 * The section of one release in a changelog, from its heading to that of the next release, with plain newlines and the
 * definitions of its links. Undefined when it has none.
 */
export function readSection(changelog: string, version: string): string | undefined {
  const headings = markdownLines(changelog).filter(({ level }) => level > 0);
  const index = headings.findIndex(({ text }) => names(text, version));
  const heading = headings[index];
  if (heading === undefined) return undefined;
  const next = headings.slice(index + 1).find((other) => endsSection(heading, other));
  const text = changelog.slice(heading.start, next?.start ?? linksAtEnd(changelog)).trim();
  const links = definitionsFor(text, changelog).join('\n');
  return [text, links]
    .filter((part) => part !== '')
    .join('\n\n')
    .replace(/\r\n/g, '\n');
}

/** Where a patch has a deeper heading than other releases, its groups may be as deep as itself. */
function endsSection(heading: MarkdownLine, other: MarkdownLine): boolean {
  return other.level < heading.level || isRelease(other) || (other.level === heading.level && heading.level < 3);
}

/** Whether a heading is that of this very version: `## [1.2.0](…) (2026-01-31)`, `# v1.2.0`, but not of `1.2.0-beta.1`. */
function names(heading: string, version: string): boolean {
  const rest = heading.replace(/^(\[|v|version |release )+/i, '');
  return rest.startsWith(version) && !/^[\w.+-]/.test(rest.slice(version.length));
}
