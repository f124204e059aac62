// Asks a page over and over, and counts how long it was away.
const EVERY = 100;

export function watch(url) {
  let stopped = false;
  let last = performance.now();
  let away = 0;
  const watching = (async () => {
    while (!stopped) {
      const response = await fetch(url, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined);
      const text = await response?.text().catch(() => undefined);
      const now = performance.now();
      // Another release's page does not count: it was never meant to be seen.
      if (!response?.ok || !text?.includes('release v0.2.0')) away += now - last;
      last = now;
      await new Promise((resolve) => setTimeout(resolve, EVERY));
    }
  })();
  return {
    /** Seconds in which the release did not answer. */
    stop: async () => {
      stopped = true;
      await watching;
      return (away / 1000).toFixed(1);
    },
  };
}
