import { type Hunk, readHunkHeader } from './hunk.ts';
import { unquotePath } from './quoted-path.ts';

/** Lines that a commit adds to a file, one after the other. */
export interface Fragment {
  readonly commit: string;
  readonly file: string;
  /** Number of the first line in the file, from 1. */
  readonly line: number;
  /** One character for each byte. */
  readonly text: string;
  /** The unchanged line right before them, where it ends as a name does whose value follows. */
  readonly name?: string;
  /** Whether these are the first lines the commit adds to the file. */
  readonly first: boolean;
}

/** A file that differs from every parent of a merge, of which git shows no lines. */
export interface UnshownFile {
  readonly commit: string;
  readonly file: string;
  /** Object id of its content. */
  readonly blob: string;
}

export interface PatchSink {
  onCommit(commit: string): void;
  onFragment(fragment: Fragment): void;
  onUnshown(file: UnshownFile): void;
}

/** A fragment ends here at the latest… */
const FRAGMENT_LIMIT = 1 << 20;
/** …and the next one begins with this much of it again, so that nothing is cut in two unseen. */
const OVERLAP = 8192;

/** `const apiKey =`, of which so much is kept. */
const NAMES = /[:=>]\s*$/;
const NAME_LIMIT = 200;

/** Begins each commit in the output; `%x00` stands in no path and no header. */
export const COMMIT_FORMAT = '--format=%x00%H';

/**
 * Reads `git log -p` (also `--cc`) as it comes, in pieces of any size, and hands over what is added. Memory is bounded: a
 * line of any length is handed over in parts. Every line of a hunk begins with a mark that no header behind it begins
 * with, so that no content passes for a header.
 */
export class PatchReader {
  #rest = '';
  #commit = '';
  #file = '';
  #blob = '';
  #first = true;
  #hunk: Hunk | undefined;
  /** Runs of added lines that follow each other in the file, without their marks. */
  #added: string[] = [];
  #unchanged = '';
  #name = '';
  #size = 0;
  #line = 0;
  #lines = 0;

  /** How many bytes the added lines have that were read so far. */
  bytes = 0;

  constructor(private readonly sink: PatchSink) {}

  push(chunk: Buffer): void {
    const text = this.#rest + chunk.toString('latin1');
    const end = text.lastIndexOf('\n') + 1;
    this.#readLines(text.slice(0, end));
    this.#rest = text.slice(end);
    if (this.#rest.length > FRAGMENT_LIMIT) this.#handOverPart();
  }

  end(): void {
    if (this.#rest !== '') this.push(Buffer.from('\n'));
    this.#flush();
  }

  #readLines(text: string): void {
    let at = 0;
    while (at < text.length) {
      const after = this.#hunk === undefined ? at : this.#readHunk(this.#hunk, text, at);
      at = after > at ? after : this.#readHeader(text, at);
    }
  }

  #readHeader(text: string, at: number): number {
    this.#flush();
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end);
    this.#hunk = readHunkHeader(line);
    this.#unchanged = '';
    if (line.startsWith('\0')) {
      this.#commit = line.slice(1);
      this.sink.onCommit(this.#commit);
    } else if (line.startsWith('diff --git ') || /^diff --(?:cc|combined) /.test(line)) {
      // A combined diff of a binary file tells its path here alone.
      this.#file = line.startsWith('diff --git ') ? '' : unquotePath(line.slice(line.indexOf(' ', 5) + 1));
      this.#first = true;
    } else if (line.startsWith('+++ ')) {
      this.#file = unquotePath(line.slice(4)).replace(/^b\//, '');
    } else if (line.startsWith('index ')) {
      this.#blob = /\.\.([0-9a-f]+)/.exec(line)?.[1] ?? '';
    } else if (line.startsWith('Binary files ') && !/^0*$/.test(this.#blob)) {
      this.sink.onUnshown({ commit: this.#commit, file: this.#file, blob: this.#blob });
    }
    return end + 1;
  }

  /** Reads a run of added lines, or one line of another kind. Hands over where it ends: `at` when the hunk is over. */
  #readHunk(hunk: Hunk, text: string, at: number): number {
    const { added } = hunk;
    let [end, lines] = [at, 0];
    for (; text.startsWith(added, end); lines += 1) end = text.indexOf('\n', end) + 1;
    if (lines > 0) {
      this.bytes += end - at - lines * added.length;
      this.#add(text.slice(at + added.length, end - 1).replaceAll(`\n${added}`, '\n'), lines, hunk);
      hunk.next += lines;
      return end;
    }
    const marks = text.slice(at, at + added.length);
    if (!/^[-+ \\]/.test(marks)) return at;
    const isInResult = !marks.includes('-') && !marks.startsWith('\\');
    const ending = text.indexOf('\n', at);
    if (isInResult) {
      this.#flush();
      hunk.next += 1;
      this.#unchanged = text.slice(Math.max(at + added.length, ending - NAME_LIMIT), ending);
    }
    return ending + 1;
  }

  #add(text: string, lines: number, { next }: Hunk): void {
    if (this.#lines > 0 && next !== this.#line + this.#lines) this.#flush();
    if (this.#lines === 0) {
      this.#line = next;
      this.#name = NAMES.test(this.#unchanged) ? this.#unchanged : '';
      this.#unchanged = '';
    }
    this.#lines += lines;
    this.#added.push(text);
    this.#size += text.length + 1;
    if (this.#size > FRAGMENT_LIMIT) this.#flush(true);
  }

  #flush(goesOn = false): void {
    if (this.#lines === 0) return;
    const text = this.#added.join('\n');
    const named = this.#name === '' ? {} : { name: this.#name };
    const [commit, file, line, first] = [this.#commit, this.#file, this.#line, this.#first];
    this.sink.onFragment({ commit, file, line, text, first, ...named });
    this.#first = false;
    this.#name = '';
    const next = this.#line + this.#lines;
    const kept = goesOn && text.length >= 2 * OVERLAP ? text.slice(-OVERLAP) : undefined;
    this.#added = kept === undefined ? [] : [kept];
    this.#lines = kept === undefined ? 0 : kept.split('\n').length;
    this.#size = kept === undefined ? 0 : OVERLAP;
    this.#line = next - this.#lines;
  }

  /** Of a line that has not ended yet. What is no added line need not be kept at all. */
  #handOverPart(): void {
    const columns = this.#hunk?.added.length ?? 0;
    const marks = this.#rest.slice(0, columns);
    if (this.#hunk !== undefined && marks === this.#hunk.added) {
      this.bytes += this.#rest.length - columns - OVERLAP;
      this.#add(this.#rest.slice(columns), 1, this.#hunk);
      this.#flush();
    }
    this.#rest = marks + this.#rest.slice(columns).slice(-OVERLAP);
  }
}
