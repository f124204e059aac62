import fc from 'fast-check';

/** What a shell, awk or git would read in its own way wherever it is not quoted, or take for an option. */
const ODD = String.raw`- -- ' " \ \n \c $ $HOME $(>owned) ;>owned; | & * ? [ ] { } < > ( ) ~ # ! = : %s , é a`.split(
  ' ',
);
const letters = fc.constantFrom(...ODD, '`>owned`', ' ', ' #', '\u{1f6a2}');

/** One line of it, whatever stands at its ends. */
export const hostileLine = fc.string({ unit: letters, minLength: 1, maxLength: 8 });

/** With line ends and tabs. */
export const hostileText = fc.string({ unit: fc.oneof(letters, fc.constantFrom('\n', '\t', '\r')), maxLength: 10 });

/** Whatever git takes for the name of a tag (git-check-ref-format). */
export const hostileTag = hostileLine
  .map((text) => `v1${text.replace(/[ ~^:?*[\\]|\.\.|@\{/g, '')}`)
  .filter((tag) => !/[./]$|\.lock$/.test(tag));

const NOT_A_NAME = /^(\.{0,2}|\.git.*|git~.*)$/i;

/** A path that git takes, of one or two names. */
const hostilePath = (name: fc.Arbitrary<string>) =>
  fc
    .array(
      name.map((text) => text.replaceAll('/', '')).filter((text) => !NOT_A_NAME.test(text)),
      { minLength: 1, maxLength: 2 },
    )
    .map((names) => names.join('/'));

/** Several such paths, none of which is in another one's way, also where the case of letters does not count. */
export const hostilePaths = (name: fc.Arbitrary<string>, count: number) =>
  fc
    .uniqueArray(hostilePath(name), { minLength: count, maxLength: count, selector: (path) => path.toLowerCase() })
    .filter((paths) => !paths.some((one) => paths.some((other) => other.startsWith(`${one}/`))));
