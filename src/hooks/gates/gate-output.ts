import type { Report } from '../../core/events.ts';

interface Stream {
  readonly line: (line: string) => void;
  /** Nothing more will come; what waited for this one may be shown. */
  readonly end: () => void;
}

/** More than anyone reads; what goes beyond is told as a number. */
const KEPT_LINES = 2_000;

/**
 * Shows several commands that speak at the same time one after the other: the first as it speaks, the others when their
 * turn has come, each line with the name of its command.
 */
export function outputOf(report: Report): { stream(name: string): Stream } {
  const waiting: { name: string; lines: string[]; dropped: number; ended: boolean }[] = [];
  const show = (step: string, line: string) => report({ type: 'output', step, line: `${step} │ ${line}` });

  function flush(): void {
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      for (const line of first.lines.splice(0)) show(first.name, line);
      if (first.dropped > 0) show(first.name, `(${first.dropped} more lines)`);
      first.dropped = 0;
      if (!first.ended) return;
      waiting.shift();
    }
  }

  return {
    stream: (name) => {
      const own = { name, lines: [] as string[], dropped: 0, ended: false };
      waiting.push(own);
      return {
        line: (line) => {
          if (waiting[0] === own) show(name, line);
          else if (own.lines.length < KEPT_LINES) own.lines.push(line);
          else own.dropped += 1;
        },
        end: () => {
          own.ended = true;
          flush();
        },
      };
    },
  };
}
