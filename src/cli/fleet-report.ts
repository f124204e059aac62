import type { Report } from '../core/events.ts';
import type { PlannedHost } from '../deploy/fleet/member.ts';
import { fleetBoard } from './fleet-board.ts';
import { liveReport } from './live-report.ts';
import { renderEvent } from './render.ts';
import type { Terminal } from './terminal.ts';

export interface FleetReport {
  /** Where the events of one host go. */
  reportOf(host: string): Report;
  /** Nothing is told after it. */
  end(): void;
}

/**
 * Shows the events of an environment's hosts as they happen: those of one host as they are, of several a line each that is
 * written over, or lines that begin with the host's name where nothing can be written over.
 */
export function fleetReport(terminal: Terminal, planned: readonly PlannedHost[]): FleetReport {
  if (planned.length === 1) {
    const one = liveReport(terminal);
    return { reportOf: () => one, end: () => {} };
  }
  if (terminal.live) return fleetBoard(terminal, planned);
  const width = Math.max(...planned.map(({ host }) => host.name.length));
  return {
    reportOf: (host) => (event) => {
      const text = renderEvent(event, terminal);
      if (text !== '') terminal.err(`${host.padEnd(width)} ${text}`);
    },
    end: () => {},
  };
}
