import { GENERIC } from './formats-keys.ts';
import { type Finding, fingerprint } from './report.ts';

/** The fingerprints of `.gitleaksignore`: `commit:file:rule:line`, or `file:rule:line` for every commit. `#` begins a comment. */
export function readIgnored(texts: readonly string[]): ReadonlySet<string> {
  const lines = texts.flatMap((text) => text.split('\n')).map((line) => line.trim());
  return new Set(lines.filter((line) => line !== '' && !line.startsWith('#')));
}

/**
 * What is left of findings that two scanners made. Both may have found the same line under two names: then the first one's
 * counts, and ignoring either ignores the line's others too. One that only warns does not hide another kind that stops.
 */
export function withoutIgnored(
  own: readonly Finding[],
  others: readonly Finding[],
  ignored: ReadonlySet<string>,
): readonly Finding[] {
  const isIgnored = (finding: Finding) =>
    ignored.has(fingerprint(finding)) || ignored.has(fingerprint({ ...finding, commit: undefined }));
  const ignoredElsewhere = new Set(others.filter(isIgnored).map(place));
  const known = new Set(own.map(place));
  const stopped = new Set(own.filter(({ severity }) => severity === 'block').map(place));
  const isKnown = (finding: Finding) =>
    (finding.severity === 'warn' || finding.rule === GENERIC ? known : stopped).has(place(finding));
  return [
    ...own.filter((finding) => !isIgnored(finding) && !ignoredElsewhere.has(place(finding))),
    ...others.filter((finding) => !isIgnored(finding) && !isKnown(finding)),
  ];
}

/** Where a finding is, as a key. */
export function place({ commit, file, line }: Pick<Finding, 'commit' | 'file' | 'line'>): string {
  return `${commit ?? ''}\0${file}\0${line}`;
}
