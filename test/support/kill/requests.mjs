// Preloaded into tagship (NODE_OPTIONS=--import): counts its HTTP requests and kills the process with SIGKILL at the one
// wanted, "before" it is sent or "after" its answer has come.
const { KILL_AT: at, KILL_MODE: mode } = process.env;
const original = globalThis.fetch;
let count = 0;

globalThis.fetch = async (...args) => {
  count += 1;
  const wanted = count === Number(at);
  if (wanted && mode === 'before') process.kill(process.pid, 'SIGKILL');
  const answer = await original(...args);
  if (wanted) process.kill(process.pid, 'SIGKILL');
  return answer;
};
