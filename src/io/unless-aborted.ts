/**
 * Waits for something, but no longer than until `signal` is aborted; then `end` is called and nothing more waited for.
 * @throws whatever `signal` was aborted with
 */
export async function unlessAborted<T>(
  running: Promise<T>,
  signal: AbortSignal | undefined,
  end: () => void = () => {},
): Promise<T> {
  if (signal === undefined) return running;
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      end();
      reject(signal.reason);
    };
  });
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await Promise.race([running, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
