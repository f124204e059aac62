/** What a running plan tells whoever watches: the terminal, a `--json` stream, a pusher's `remote:` lines. */
export type RunEvent =
  | { readonly type: 'step-started'; readonly step: string; readonly title: string }
  | { readonly type: 'step-done'; readonly step: string; readonly title: string; readonly milliseconds: number }
  | { readonly type: 'step-failed'; readonly step: string; readonly title: string; readonly what: string }
  | { readonly type: 'output'; readonly step: string; readonly line: string }
  /** How far a step is, in one short line that the next one replaces; worth nothing to whoever reads a log. */
  | { readonly type: 'progress'; readonly step: string; readonly text: string }
  | { readonly type: 'note'; readonly text: string };

export type Report = (event: RunEvent) => void;
