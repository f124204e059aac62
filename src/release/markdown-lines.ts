/** A line of a Markdown file. Places are offsets into the text. */
export interface MarkdownLine {
  readonly start: number;
  /** Behind the line's text, before its newline. */
  readonly end: number;
  /** Without the marks of a heading. */
  readonly text: string;
  /** Depth of a heading, 0 for any other line. */
  readonly level: number;
  readonly isItem: boolean;
}

const VERSION = /^(\[|v|version |release )*\d+\.\d+/i;

/** Whether a heading names a version. */
export const isRelease = ({ level, text }: MarkdownLine) => level > 0 && VERSION.test(text);

const ITEM = /^\s*[-*+]\s/;
const COMMENT = '<!--';
/** YAML between two lines of dashes, at the very top. */
const FRONT_MATTER = /^\ufeff?---[ \t]*\r?\n[\w-]+:.*\r?\n(?:(?:[\w-]+:.*|[ \t#-].*|)\r?\n)*?---[ \t]*(?:\r?\n|$)/;

/** The lines of a Markdown file that are its text: neither front matter, nor code in fences, nor comments. */
export function markdownLines(text: string): readonly MarkdownLine[] {
  const lines: MarkdownLine[] = [];
  const frontMatter = FRONT_MATTER.exec(text)?.[0].length ?? 0;
  let fence: string | undefined;
  let start = 0;
  for (const raw of text.split('\n')) {
    const line = raw.replace(/\r$/, '');
    const end = start + line.length;
    const mark = /^ {0,3}(`{3,}|~{3,}|<!--(?!.*-->))/.exec(line)?.[1];
    if (start < frontMatter) {
      // Written for whoever publishes the file.
    } else if (fence === undefined) {
      const [, hashes = '', title = ''] = /^ {0,3}(#{1,6})[ \t]+(.*)$/.exec(line) ?? [];
      lines.push({
        start,
        end,
        text: hashes === '' ? line.trim() : title,
        level: hashes.length,
        isItem: ITEM.test(line),
      });
      markUnderlined(lines, line);
      fence = mark;
    } else if (fence === COMMENT ? line.includes('-->') : mark?.startsWith(fence)) {
      fence = undefined;
    }
    start += raw.length + 1;
  }
  return lines;
}

/** A line of `===` or `---` makes a heading of the line above it, when that line is text (CommonMark 4.3). */
function markUnderlined(lines: MarkdownLine[], line: string): void {
  const underline = /^ {0,3}(=+|-+)[ \t]*$/.exec(line)?.[1];
  const above = lines.at(-2);
  if (underline === undefined || above === undefined || above.level > 0 || above.isItem || above.text === '') return;
  lines[lines.length - 2] = { ...above, level: underline.startsWith('=') ? 1 : 2 };
}
