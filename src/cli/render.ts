import { styleText } from 'node:util';
import type { RunEvent } from '../core/events.ts';
import type { Plan } from '../core/plan.ts';
import { EXIT, type ExitCode, Problem, Refusals } from '../core/problem.ts';
import type { Terminal } from './terminal.ts';

type Style = Parameters<typeof styleText>[0];

function painter(terminal: Terminal): (style: Style, text: string) => string {
  return (style, text) => (terminal.colour ? styleText(style, text, { validateStream: false }) : text);
}

/** Removes what could drive a terminal: names and output of others are shown, never obeyed. */
export function printable(text: string): string {
  return text.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '').replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '');
}

const indent = (text: string, by: string) =>
  text
    .split('\n')
    .map((line) => by + printable(line))
    .join('\n');

/** A plan as the user reads it before saying yes. */
export function renderPlan(plan: Plan<string, unknown>, terminal: Terminal): string {
  const paint = painter(terminal);
  const steps = plan.steps.map((step, index) => {
    const details = (step.details ?? []).map((line) => `${indent(line, '       ')}\n`).join('');
    return `  ${paint('dim', String(index + 1).padStart(2))}  ${printable(step.title)}\n${paint('dim', details)}`;
  });
  const warnings = plan.warnings.map((warning) => `${paint('yellow', '  !')} ${printable(warning)}\n`);
  return `${paint('bold', printable(plan.title))}\n${steps.join('')}${warnings.join('')}`;
}

/** One line per event, as it happens; output of steps is indented and dim. */
export function renderEvent(event: RunEvent, terminal: Terminal): string {
  const paint = painter(terminal);
  switch (event.type) {
    case 'step-started':
      return `${paint('cyan', '→')} ${printable(event.title)}\n`;
    case 'step-done':
      return `${paint('green', '✔')} ${printable(event.title)} ${paint('dim', seconds(event.milliseconds))}\n`;
    case 'step-failed':
      return `${paint('red', '✘')} ${printable(event.title)}: ${printable(event.what)}\n`;
    case 'output':
      return `${paint('dim', `  │ ${printable(event.line)}`)}\n`;
    case 'progress':
      return '';
    case 'note':
      return `${printable(event.text)}\n`;
  }
}

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;

/** What happened, why, and the next command to type; a stack only for a bug of tagship's own. */
export function renderFailure(error: unknown, terminal: Terminal): string {
  const paint = painter(terminal);
  if (error instanceof Refusals) return error.problems.map((problem) => renderFailure(problem, terminal)).join('');
  if (!(error instanceof Problem)) return `${paint('red', 'bug in tagship')}: ${stackOf(error)}\n`;
  const said = error.seen ? 'what it said stands above' : error.why;
  const why = said === undefined || said.trim() === '' ? '' : `${indent(said, '  ')}\n`;
  return `${paint('red', '✘')} ${paint('bold', printable(error.what))}\n${why}  ${paint('cyan', 'next:')} ${printable(error.fix)}\n`;
}

/** The same as one JSON document. */
export function failureDocument(error: unknown): object {
  const problems = error instanceof Refusals ? error.problems : error instanceof Problem ? [error] : [];
  if (problems.length === 0)
    return { outcome: 'bug', exit: EXIT.bug, problems: [{ code: 'bug', what: stackOf(error) }] };
  return { outcome: 'failed', exit: exitOf(error), problems };
}

export function exitOf(error: unknown): ExitCode {
  return error instanceof Problem || error instanceof Refusals ? error.exit : EXIT.bug;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
