/** Between asking processes to end and ending them. */
const GRACE = 3_000;

/** Asks the whole process group of a leader to end, then ends it: what a shell has started outlives the shell. */
export function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  const target = process.platform === 'win32' ? pid : -pid;
  const send = (name: NodeJS.Signals) => {
    try {
      process.kill(target, name);
    } catch {
      // Already gone.
    }
  };
  send('SIGTERM');
  setTimeout(() => send('SIGKILL'), GRACE).unref();
}
