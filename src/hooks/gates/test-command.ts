import { shellQuote } from '../../core/shell-quote.ts';
import { isPlainTool, toolOf } from './gate-commands.ts';
import { machineReader, type TestRun } from './machine-protocol.ts';

export interface TestCommand {
  readonly command: string;
  /** Reads standard output; `push` gives the run so far, or undefined for a line to be shown as it is. */
  readonly reader: { push(line: string): TestRun | undefined; run(): TestRun } | undefined;
  /** Where the coverage will be written; undefined when the command decides that itself. */
  readonly tracefile: string | undefined;
}

/**
 * The command as it is run: a plain call of the SDK's tool is asked to report by the machine protocol, and to measure
 * coverage where that is wanted. Any other command is run as it is written.
 */
export function testCommand(command: string, coverage: boolean, tracefile: string): TestCommand {
  const tool = toolOf(command);
  if (tool === undefined || !isPlainTool(command) || !/^\s*\w+\s+test(?:\s|$)/.test(command)) {
    return { command, reader: undefined, tracefile: undefined };
  }
  const reports = /\s(?:--machine|--reporter|-r|--file-reporter)\b/.test(command);
  const measures = /\s--coverage/.test(command);
  const reporter = tool === 'flutter' ? '--machine' : '--reporter json';
  const measure = tool === 'flutter' ? '--coverage --coverage-path' : '--coverage-path';
  const asked = coverage && !measures;
  const words = [command, ...(reports ? [] : [reporter]), ...(asked ? [`${measure} ${shellQuote(tracefile)}`] : [])];
  const machine = machineReader();
  return {
    command: words.join(' '),
    reader: reports
      ? undefined
      : { push: (line) => (machine.push(line) ? machine.run() : undefined), run: machine.run },
    tracefile: asked ? tracefile : undefined,
  };
}
