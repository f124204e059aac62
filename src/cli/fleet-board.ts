import type { Report } from '../core/events.ts';
import type { PlannedHost } from '../deploy/fleet/member.ts';
import type { FleetReport } from './fleet-report.ts';
import { printable } from './render.ts';
import type { Terminal } from './terminal.ts';

/** What a host's line tells. */
interface Line {
  readonly steps: number;
  done: number;
  sign: '·' | '→' | '✔' | '✘';
  text: string;
}

/** Lines that are written over at most this often, in milliseconds. */
const PAUSE = 100;
/** Hosts that have something to tell are shown first where the screen is too small for all. */
const INTEREST: readonly Line['sign'][] = ['✘', '→', '·', '✔'];

/** A line per host, written over as they go on; on a small screen those where something happens, and how many others. */
export function fleetBoard(terminal: Terminal, planned: readonly PlannedHost[]): FleetReport {
  const lines = new Map<string, Line>(
    planned.map(({ host, plan }) => [
      host.name,
      { steps: plan.steps.length, done: 0, sign: '·', text: 'waits for its turn' },
    ]),
  );
  let shown = 0;
  let timer: NodeJS.Timeout | undefined;

  const draw = () => {
    const text = boardLines(lines, terminal.size?.() ?? { columns: 80, rows: 24 });
    terminal.err(`${shown === 0 ? '' : `\x1b[${shown}A`}\x1b[J${text.map((line) => `${line}\n`).join('')}`);
    shown = text.length;
    timer = undefined;
  };
  draw();
  return {
    reportOf: (host) => {
      const line = lines.get(host);
      return line === undefined ? () => {} : told(line, () => (timer ??= setTimeout(draw, PAUSE)));
    },
    end: () => {
      clearTimeout(timer);
      draw();
    },
  };
}

function told(line: Line, changed: () => void): Report {
  return (event) => {
    switch (event.type) {
      case 'step-started':
        // A host that goes back goes on being marked as failed.
        if (line.sign !== '✘') line.sign = '→';
        line.text = event.title;
        break;
      case 'step-done':
        line.done += 1;
        if (line.sign === '→' && line.done === line.steps) line.sign = '✔';
        break;
      case 'step-failed':
        line.sign = '✘';
        line.text = `${event.title}: ${event.what}`;
        break;
      case 'note':
      case 'progress':
        line.text = event.text;
        break;
      case 'output':
        return;
    }
    changed();
  };
}

/** What stands on the board now, cut to the size of the screen; its last row is left to whatever comes after it. */
export function boardLines(
  lines: ReadonlyMap<string, Line>,
  { columns, rows }: { readonly columns: number; readonly rows: number },
): readonly string[] {
  const width = Math.max(...[...lines.keys()].map((host) => host.length));
  const room = lines.size < rows ? lines.size : Math.max(1, rows - 2);
  const rank = ([, { sign }]: [string, Line]) => INTEREST.indexOf(sign);
  const chosen = new Set(
    [...lines]
      .toSorted((a, b) => rank(a) - rank(b))
      .slice(0, room)
      .map(([host]) => host),
  );
  const told = [...lines].flatMap(([host, { sign, done, steps, text }]) => {
    if (!chosen.has(host)) return [];
    const count = `${String(Math.min(done, steps)).padStart(2)}/${steps}`;
    return [printable(`${sign} ${host.padEnd(width)} ${count} ${text}`.replaceAll('\n', ' ')).slice(0, columns - 1)];
  });
  const others = [...lines].filter(([host]) => !chosen.has(host)).map(([, { sign }]) => sign);
  if (others.length === 0) return told;
  const counts = INTEREST.map((sign) => [others.filter((other) => other === sign).length, sign] as const);
  const more = counts.filter(([count]) => count > 0).map(([count, sign]) => `${count} ${sign}`);
  return [...told, `  and ${others.length} more: ${more.join(', ')}`];
}
