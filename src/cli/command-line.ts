/** Options of every command that stand before its name as well as after it. */
const FLAGS: readonly string[] = ['--json', '--dry-run', '--yes', '-y'];

/** What is known of a command line before any command is loaded. */
export interface CommandLine {
  /** The same words with the options that stood before the command moved behind its name. */
  readonly words: readonly string[];
  /** The command that is run, or that `help` is asked about; undefined when none is named. */
  readonly wanted: string | undefined;
  readonly json: boolean;
}

/** Finds the command among the words. What is not understood stays where it is, for the parser to name. */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const end = argv.indexOf('--');
  const json = argv.slice(0, end < 0 ? undefined : end).includes('--json');
  const at = commandIndex(argv);
  const command = argv[at];
  if (command === undefined) return { words: argv, wanted: undefined, json };
  const words = [command, ...argv.slice(0, at), ...argv.slice(at + 1)];
  const wanted = command === 'help' ? words.slice(1).find((word) => !word.startsWith('-')) : command;
  return { words, wanted, json };
}

/** Where the command stands: behind nothing but options that may come first. -1 where there is none. */
function commandIndex(argv: readonly string[]): number {
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (word === '-C') at += 1;
    else if (!word.startsWith('-')) return at;
    else if (!FLAGS.includes(word) && !/^-C./.test(word)) return -1;
  }
  return -1;
}
