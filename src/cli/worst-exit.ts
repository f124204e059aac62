import { EXIT, type ExitCode } from '../core/problem.ts';

/** From nothing to worry about to hands on deck; the numbers themselves have no order. */
const BY_GRAVITY: readonly ExitCode[] = [
  EXIT.done,
  EXIT.refused,
  EXIT.usage,
  EXIT.locked,
  EXIT.rolledBack,
  EXIT.resumable,
  EXIT.interrupted,
  EXIT.bug,
  EXIT.needsHands,
];

/** The gravest of several exit statuses; done when there are none. */
export function worstExit(exits: readonly ExitCode[]): ExitCode {
  return BY_GRAVITY[Math.max(0, ...exits.map((exit) => BY_GRAVITY.indexOf(exit)))] ?? EXIT.bug;
}
