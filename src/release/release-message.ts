const RELEASE = 'chore(release): ';
/** As long as a subject is shown everywhere. */
const SHOWN = 72;

/** Message of the commit that gives these their versions: `1.2.0`, or `app 2.0.0` and `core 1.3.0`. */
export const releaseMessage = (released: readonly string[]) => message(RELEASE, released);

/** Message of the commit that begins a release branch. */
export const beginMessage = (released: readonly string[]) => message(`${RELEASE}begin `, released);

/** Whether a commit's message is one of these. */
export const isReleaseMessage = (text: string) => text.startsWith(RELEASE);

/** Whether a commit's subject is that of the commit that began the release of this one. */
export function isBeginning(subject: string, released: string): boolean {
  const rest = subject.startsWith(`${RELEASE}begin `) ? subject.slice(`${RELEASE}begin `.length) : '';
  return rest === released || rest.startsWith(`${released}, `) || rest.startsWith(`${released} and `);
}

/** Every one is named; in the body, where the subject would become too long. */
function message(start: string, released: readonly string[]): string {
  const subject = `${start}${released.join(', ')}`;
  if (released.length < 2 || subject.length <= SHOWN) return subject;
  return `${start}${released[0]} and ${released.length - 1} more\n\n${released.join('\n')}`;
}
