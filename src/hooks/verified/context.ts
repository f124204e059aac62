/**
 * What has to be as it was for a verdict to count still. Written so that a shell can compare it without starting a
 * process.
 */
export interface ContextFact {
  /**
   * text: the file holds exactly these lines, each ended by a bar; none: there is nothing; first: the first program of
   * this name on PATH; same: both paths lead to one file; protected: a push to this ref is always judged anew;
   * never: nothing a shell could compare tells it.
   */
  readonly kind: 'text' | 'none' | 'first' | 'same' | 'protected' | 'never';
  readonly path: string;
  readonly value: string;
}

/** A line per fact, fields apart by a tab. Undefined when one cannot be written so, or cannot be compared at all. */
export function formatContext(facts: readonly ContextFact[]): string | undefined {
  const lines = facts.map(({ kind, path, value }) => `${kind}\t${path}\t${value}`);
  const writable = facts.every(({ kind, path, value }) => kind !== 'never' && !/[\t\n\r\0]/.test(path + value));
  return writable ? lines.map((line) => `${line}\n`).join('') : undefined;
}

export function parseContext(text: string): readonly ContextFact[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [kind = 'never', path = '', value = ''] = line.split('\t');
      return { kind: kind as ContextFact['kind'], path, value };
    });
}

/** As a shell reads a file: line by line, each ended by a bar. */
export function joinedLines(text: string): string {
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => `${line}|`)
    .join('');
}
