import { unquotePath } from './quoted-path.ts';

/** Lines that a commit adds to a file, one after the other. */
export interface Fragment {
  readonly commit: string;
  readonly file: string;
  /** Number of the first line in the file, from 1. */
  readonly line: number;
  /** One character for each byte. */
  readonly text: string;
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

/** Begins each commit in the output; `%x00` stands in no path and no header. */
export const COMMIT_FORMAT = '--format=%x00%H';

/**
 * Reads `git log -p` (also `--cc`) as it comes, in pieces of any size, and hands over what is added. Memory is bounded: a
 * line of any length is handed over in parts. Hunks are read by their counted lines, so that no content passes for a header.
 */
export class PatchReader {
  #rest = '';
  #commit = '';
  #file = '';
  #blob = '';
  #first = true;
  #hunk: Hunk | undefined;
  #added: string[] = [];
  #size = 0;
  #line = 0;

  /** How many bytes the added lines have that were read so far. */
  bytes = 0;

  constructor(private readonly sink: PatchSink) {}

  push(chunk: Buffer): void {
    const text = this.#rest + chunk.toString('latin1');
    let at = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', at)) {
      this.#readLine(text.slice(at, end));
      at = end + 1;
    }
    this.#rest = text.slice(at);
    if (this.#rest.length > FRAGMENT_LIMIT) this.#handOverPart();
  }

  end(): void {
    if (this.#rest !== '') this.#readLine(this.#rest);
    this.#flush();
  }

  #readLine(line: string): void {
    if (this.#hunk !== undefined && this.#readHunkLine(this.#hunk, line)) return;
    this.#flush();
    this.#hunk = readHunkHeader(line);
    if (this.#hunk === undefined) this.#readHeader(line);
  }

  #readHeader(line: string): void {
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
  }

  /** False when the hunk is over and the line is none of its own. */
  #readHunkLine(hunk: Hunk, line: string): boolean {
    if (line.startsWith('\\')) return true;
    if (hunk.result === 0 && hunk.parents.every((left) => left === 0)) return false;
    const marks = line.slice(0, hunk.parents.length);
    const removed = marks.includes('-');
    for (let parent = 0; parent < marks.length; parent += 1) {
      if (marks[parent] === (removed ? '-' : ' ')) hunk.parents[parent] = (hunk.parents[parent] ?? 0) - 1;
    }
    if (removed) return true;
    hunk.result -= 1;
    if (/^\++$/.test(marks)) {
      this.bytes += line.length - marks.length + 1;
      this.#add(line.slice(marks.length), hunk.next);
    } else this.#flush();
    hunk.next += 1;
    return true;
  }

  #add(line: string, number: number): void {
    if (this.#added.length > 0 && number !== this.#line + this.#added.length) this.#flush();
    if (this.#added.length === 0) this.#line = number;
    this.#added.push(line);
    this.#size += line.length + 1;
    if (this.#size > FRAGMENT_LIMIT) this.#flush(true);
  }

  #flush(goesOn = false): void {
    if (this.#added.length === 0) return;
    const text = this.#added.join('\n');
    const line = this.#line;
    this.sink.onFragment({ commit: this.#commit, file: this.#file, line, text, first: this.#first });
    this.#first = false;
    const next = line + this.#added.length;
    this.#added = [];
    this.#size = 0;
    if (!goesOn || text.length < 2 * OVERLAP) return;
    const kept = text.slice(-OVERLAP).split('\n');
    this.#added = kept;
    this.#size = OVERLAP;
    this.#line = next - kept.length;
  }

  /** Of a line that has not ended yet. What is no added line need not be kept at all. */
  #handOverPart(): void {
    const columns = this.#hunk?.parents.length ?? 0;
    const marks = this.#rest.slice(0, columns);
    if (this.#hunk !== undefined && /^\++$/.test(marks)) {
      this.bytes += this.#rest.length - columns - OVERLAP;
      this.#add(this.#rest.slice(columns), this.#hunk.next);
      this.#flush();
    }
    this.#rest = marks + this.#rest.slice(columns).slice(-OVERLAP);
  }
}

/** Lines still to come, of the result and of each parent. */
interface Hunk {
  result: number;
  readonly parents: number[];
  next: number;
}

/** `@@ -a,b +c,d @@`, of a merge `@@@ -a,b -c,d +e,f @@@`. */
function readHunkHeader(line: string): Hunk | undefined {
  const ranges = /^(@@+) ((?:-\d+(?:,\d+)? )+)\+(\d+)(?:,(\d+))? \1/.exec(line);
  if (ranges === null) return undefined;
  const [, , parents = '', start, count = '1'] = ranges;
  return {
    result: Number(count),
    parents: parents
      .trim()
      .split(' ')
      .map((range) => Number(range.split(',')[1] ?? 1)),
    next: Number(start),
  };
}
