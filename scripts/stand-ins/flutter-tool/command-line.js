// The command line as the real tool takes it: an option it does not know is refused, with status 64.

export class ToolExit extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** `known` maps each option to 'flag' or 'value'; a flag may be negated. Returns the options and what is left. */
export function parseOptions(args, known) {
  const options = {};
  const rest = [];
  const queue = [...args];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (!word.startsWith('-')) {
      rest.push(word);
      continue;
    }
    const [, negated, name, value] = /^--?(no-)?([^=]+)(?:=(.*))?$/.exec(word) ?? [];
    if (known[name] === 'flag') options[name] = negated === undefined;
    else if (known[name] === 'value' && negated === undefined) options[name] = value ?? queue.shift();
    else throw new ToolExit(`Could not find an option named "${word}".`, 64);
  }
  return { options, rest };
}
