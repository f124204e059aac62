/** What git's configuration and surroundings say about the file that a commit message is written in. */
export interface MessageFile {
  /** Of core.commentChar or core.commentString; `auto`: git chose one that no line of the message begins with. */
  readonly comment: string;
  /** Of commit.cleanup. */
  readonly cleanup: string;
  /** Whether a person had the file in an editor: otherwise git keeps lines that look like comments. */
  readonly edited: boolean;
}

/** The line below which git takes nothing; `commit -v` shows the diff there. */
const SCISSORS = / ?-{24} >8 -{24}$/;

/** The characters that `auto` chooses from (git-config(1)). */
const AUTO = '#;@!$%^&|:';

/** The message as git will commit it: without comments, without what stands below the scissors. */
export function readMessage(text: string, file: MessageFile): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const cut = file.edited ? lines.findIndex((line) => isScissors(line, file.comment)) : -1;
  const comment = file.comment === 'auto' ? chosenComment(lines, lines[cut]) : file.comment;
  const kept = cut < 0 ? lines : lines.slice(0, cut);
  const message = stripsComments(file) ? kept.filter((line) => comment === '' || !line.startsWith(comment)) : kept;
  return message
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/^\n+|\n+$/g, '');
}

function isScissors(line: string, comment: string): boolean {
  const mark = SCISSORS.exec(line);
  if (mark === null) return false;
  const before = line.slice(0, mark.index);
  return comment === 'auto' ? before.length === 1 && AUTO.includes(before) : before === comment;
}

/** git writes its hints below the message, so the last line tells what it chose. */
function chosenComment(lines: readonly string[], scissors: string | undefined): string {
  const [first = ''] = scissors ?? lines.findLast((line) => line !== '') ?? '';
  return first !== '' && AUTO.includes(first) ? first : '#';
}

function stripsComments({ cleanup, edited }: MessageFile): boolean {
  return cleanup === 'strip' || (cleanup === 'default' && edited);
}
