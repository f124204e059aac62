// How the demo talks: headings, commands as they are typed with what they really say, and whether it held.
import { styleText } from 'node:util';
import { Failure, run } from './run.js';

const coloured = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
const paint = (style, text) => (coloured ? styleText(style, text, { validateStream: false }) : text);

export const heading = (text) => process.stdout.write(`\n${paint(['bold', 'cyan'], `== ${text}`)}\n\n`);
export const tell = (text) => process.stdout.write(`${paint('dim', text)}\n`);
export const say = (text) => process.stdout.write(`${text}\n`);

/** Shows a command, runs exactly that in a shell and shows what it says. Returns its output. */
export async function type(command, { cwd, env, status = 0 }) {
  process.stdout.write(`${paint('bold', `$ ${command}`)}\n`);
  const onText = (text) => process.stdout.write(text);
  const { code, output } = await run('sh', ['-c', command], { cwd, env, onText });
  process.stdout.write(output === '' || output.endsWith('\n') ? '\n' : '\n\n');
  check(code === status, `"${command}" should have ended with ${status}, it ended with ${code}`);
  return output;
}

/** The demo is its own test: what the story says must be so. */
export function check(holds, otherwise) {
  if (!holds) throw new Failure(otherwise);
}
