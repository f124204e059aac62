import type { Report } from '../core/events.ts';
import { printable, renderEvent } from './render.ts';
import type { Terminal } from './terminal.ts';

const WIDTH = 78;
const ERASE = '\r\x1b[2K';

/** Shows events as they happen. On a person's terminal progress is one line that is written over. */
export function liveReport(terminal: Terminal): Report {
  let unfinished = false;
  return (event) => {
    if (event.type === 'progress') {
      if (!terminal.live) return;
      terminal.err(`${ERASE}  ${printable(event.text).slice(0, WIDTH)}`);
      unfinished = true;
      return;
    }
    if (unfinished) terminal.err(ERASE);
    unfinished = false;
    terminal.err(renderEvent(event, terminal));
  };
}
